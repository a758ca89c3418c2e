"""Asks the writer: notes, sections, title; what its prompts show, and what its answers are taken for."""
