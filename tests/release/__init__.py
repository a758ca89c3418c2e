"""What a release must keep: every session that a released labloop made can still be read."""
