"""Many ideas, models and repeats worked side by side: a folder of sessions with one journal, one lock, one budget."""
