"""An SAE that is being scored: with what, on what, what was found, and the files that it is written to."""
