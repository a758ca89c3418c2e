"""The kinds of claim that are known by their words, a list each."""
