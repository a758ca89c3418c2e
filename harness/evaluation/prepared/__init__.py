"""What the evals read: how much, the hub's data sets, and what depends on the language model alone, made once."""
