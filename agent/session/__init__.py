"""The session: its folder and paths, lock, journal, idea, template, settings. Knows nothing of models."""
