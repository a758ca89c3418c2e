"""A draft as paper.tex, and what TeX makes of it."""
