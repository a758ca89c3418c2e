"""Brief → turn → what it changed: the Coder protocol, its adapters, the reply's grammar, file hashes. Knows nothing of runs."""
