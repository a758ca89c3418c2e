"""The fixed half: the epidemic, what its solver may spend, and the judge of the solution."""
