"""Every number and claim of notes and paper against the journal."""
