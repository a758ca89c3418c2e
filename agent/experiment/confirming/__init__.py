"""The confirmation: what a session found, once more on fresh seeds, on a split that no search has read."""
