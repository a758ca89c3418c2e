"""What could fail late in a session, tried before anything is spent."""
