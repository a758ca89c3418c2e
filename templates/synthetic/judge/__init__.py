"""The fixed half: a world of sparse features whose truth is known, and the judge of who recovers it."""
