"""Scripts that made what `harness/data/` ships: the text, the tokenizer and the small language model."""
