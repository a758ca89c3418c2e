"""The words with which a clause denies: one closed class, for whoever asks whether what a clause says is taken back in it."""

from __future__ import annotations

import re

DENIES = re.compile(
    r"\b(?:no|not|none|nothing|nobody|never|neither|nor|cannot|without|hardly|nowhere)\b|n[’']t\b", re.IGNORECASE
)
"""A negative particle, determiner, pronoun or adverb."""
