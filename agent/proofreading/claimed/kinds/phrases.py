"""Phrases as a reader writes them down, made into one pattern: `…` are a few words of the same clause."""

from __future__ import annotations

import re

_FEW_WORDS = r"(?:[^.,;:()]{0,60}?)"


def phrases(*listed: str) -> re.Pattern[str]:
    """One pattern for all of them, at the edges of words; each may hold a regular expression."""
    parts = (one.replace(" … ", f"(?: {_FEW_WORDS})? ").replace("…", _FEW_WORDS) for one in listed)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)
