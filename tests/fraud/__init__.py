"""Planted fraud: a public corpus of sessions, archives and drafts, each with the status that it must get. See README.md."""
