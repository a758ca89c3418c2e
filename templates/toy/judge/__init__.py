"""The fixed half: the problem that is solved, and the judge of the answer."""
