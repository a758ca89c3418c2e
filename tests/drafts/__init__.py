"""Drafts labelled by hand, with the results that they stand on."""
