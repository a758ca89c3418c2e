"""Rules of the house as functions over a source tree: each returns what breaks it, one line a place."""
