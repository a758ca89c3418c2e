"""Comparisons in words: which a sentence makes, what bears each, and whether that is what was measured."""
