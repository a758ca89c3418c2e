"""Words of change: how a text says that a number is a difference, a ratio or a percent change, and in which direction."""

from __future__ import annotations

import re

from agent.drafts.text.numerals import Numeral

DOWN = re.compile(
    r"\b(?:reduc\w+|decreas\w+|lower\w*|drop\w*|f[ae]lls?|fell|falling|shrink\w*|shrank|less|fewer|cuts?|below|declin\w+|smaller|shorter|minus)\b",
    re.IGNORECASE,
)
UP = re.compile(
    r"\b(?:increas\w+|higher|ris(?:es?|ing)|rose|grows?|grew|growing|more|above|rais\w+|larger|boosts?\w*|greater|longer|exceeds?)\b",
    re.IGNORECASE,
)
_CHANGE = re.compile(
    r"\b(?:by|adds?|added|another|costs?|saves?|saved|saving|improv\w+|change[sd]?|differ\w*|gap|margin|delta|relative|gains?|loss(?:es)? of|loses?|lost|margins?|trades?|traded|trading|sacrific\w+|keeps?|retains?|preserves?|recovers?|removes?|savings?|reduction|points?|pp|better|worse|of the (?:baseline|original))\b|%\s+of (?:the|that of|its)\b|Δ|[+−-]$",
    re.IGNORECASE,
)
NOUN = re.compile(r"\b(?:gap|difference|margin)\b", re.IGNORECASE)
POINTS = re.compile(r"\s*(?:absolute\s+)?(?:percentage\s+|%\s*)?(?:points?\b|pp\b|p\.p\.)", re.IGNORECASE)
SHARE = re.compile(
    r"\b(?:of (?:the|its|that)|recovers?|retain\w*|preserv\w*|keep\w*|ratio|times|as (?:much|many|large|high))\b", re.I
)
_CHANGED_AFTER = re.compile(
    r"\s*(?:times\s+)?(?:relative\s+|absolute\s+)?(?:\w+\s+){0,2}?(?:reduction|increase|decrease|improvement|drop|gain|lower|higher|less|more|fewer|faster"
    r"|slower|better|worse|greater|larger|smaller|longer|shorter|below|above|ahead|behind)\b",
    re.IGNORECASE,
)
_CHANGED_BEFORE = re.compile(
    r"\b(?:by|(?:reduction|improvement|increase|decrease|drop|gain)s? of)\s*(?:about|around|roughly|nearly|almost|over|only|up to|more than|a factor of)?\s*[-+−]?\Z",
    re.IGNORECASE,
)
_MOVED_BY = re.compile(
    r"\b(?:by|gains?|loses?|lost|costs?|adds?|drops?|differs? by|(?:reduction|improvement|increase|decrease|drop|gain|loss|difference|gap|margin)s? of)"
    r"\s*(?:(?:us|about|around|roughly|nearly|almost|only|just|another|(?:a )?further|some)\s+)*[-+−]?\Z",
    re.IGNORECASE,
)
"""Before points that are nothing but a change."""
STATES = re.compile(
    r"\b(?:has|have|had|reach(?:es|ed)?|achieves?d?|obtains?|scores?|shows?)\s+(?:an?|the)\s+(?:[\w@-]+\s+){1,4}of\s+\Z",
    re.IGNORECASE,
)
"""What says that a number is a value, and no change: `has an energy drift of`."""
MEAN = re.compile(r"\b(?:averag\w+|mean)\b", re.IGNORECASE)
FROM_TO = re.compile(r"\bfrom\b.*\bto\b|→", re.DOTALL)


_ANNOUNCED = re.compile(
    r"\b(?:by|adds?|added|another|saves?|saved|saving|above|below|higher|lower)\b|points?\b|Δ|differ|gap|margin|gain|costs?|loses?|loss(?:es)? of|margins|trades?\b|traded|trading|sacrific|recovers?\b|relative to|change|delta|improvement|reduction|(?:in|de)crease|\bdrop of"
    r"|(?:more|less|fewer|better|worse|longer|shorter|slower|faster)\s+(?:than|by)|\b(?:seconds?|minutes?|hours?|ms|[smh]|min|[KMG]B)\s+(?:more|less|longer|shorter|slower|faster)\b",
    re.IGNORECASE,
)
"""What says that a number which is no percentage is a change."""


def speaks_of_change(number: Numeral, words: str) -> bool:
    """Whether a number is printed as a change: with a word of movement, as a factor, in points."""
    moved = _CHANGE.search(words) or DOWN.search(words) or UP.search(words)
    return (
        number.factor
        or number.suffix in ("pp", "pts")
        or (bool(moved) and (number.percent or _ANNOUNCED.search(words) is not None))
    )


def is_only_a_change(number: Numeral, text: str) -> bool:
    """Whether a number can be nothing but a change: `12% reduction`, `by 12%`, `3x faster`, `5.6 points below`."""
    if points := POINTS.match(text, number.end):
        return bool(_CHANGED_AFTER.match(text, points.end()) or _MOVED_BY.search(text[: number.start]))
    if not (number.percent or number.factor):
        return False
    return bool(_CHANGED_AFTER.match(text[number.end :]) or _CHANGED_BEFORE.search(text[: number.start]))
