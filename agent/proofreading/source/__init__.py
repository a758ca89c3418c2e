"""A section as it was written: what of its LaTeX cannot be set, and what stands in or beside it and is no part of it."""
