"""What a text claims, and what is wrong with it. Knows no session."""
