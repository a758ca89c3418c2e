"""References in a text: grammar, value, text. Knows no session and no model."""
