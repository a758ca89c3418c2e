"""labloop: an agentic research loop that people trust."""

__version__ = "0.1.0"
