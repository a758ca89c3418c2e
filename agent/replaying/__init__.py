"""A past session worked again, and what differs."""
