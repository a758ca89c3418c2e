"""Hypotheses: their grammar, those with a size, and what came of each."""
