"""A session in one file that a stranger can verify offline."""
