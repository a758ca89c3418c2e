"""What is kept on disk: a cache of what was computed, short notes in it, and the folder of a run's results."""
