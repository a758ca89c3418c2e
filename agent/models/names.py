"""Names that stand for no provider's model."""

from __future__ import annotations

MANUAL, RECORDED = "manual", "recorded"
"""A person by way of files, and a recording."""
