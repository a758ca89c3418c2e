"""Claims in words by kind, and what bears each: lists of phrases, and one table over them."""
