"""What the evals read, and what depends on the language model alone: made once, kept in the cache by content."""
