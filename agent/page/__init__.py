"""The page: a session's journal as one static file. Reads everything, changes nothing."""
