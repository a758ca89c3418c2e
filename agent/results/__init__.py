"""What runs measured and what that says, worked out once."""
