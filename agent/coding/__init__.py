"""Brief → turn → Edit: the Coder protocol, aider's client and its worker, file hashes. Knows nothing of runs."""
