"""A text as its sentences: whose each clause is, what it names, which words of it are numbers."""
