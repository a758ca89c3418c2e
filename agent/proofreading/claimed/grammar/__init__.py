"""The clauses of a sentence and their verbs, by closed classes of words and by endings."""
