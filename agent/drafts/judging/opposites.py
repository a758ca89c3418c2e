"""What a share leaves over, in words: dead units are the rest of those alive, errors of what is accurate."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.drafts.naming.words import tokens
from agent.drafts.records.runs import Key

_OPPOSITE = (
    (re.compile(r"\b(?:dead|dying|inactive|silent|never (?:fire|active))\b", re.IGNORECASE), ("alive", "active")),
    (
        re.compile(r"\b(?:errors?|mistakes?|wrong(?:ly)?|misclassif\w+|incorrect\w*)\b", re.IGNORECASE),
        ("accuracy", "correct"),
    ),
    (re.compile(r"\bunexplained\b", re.IGNORECASE), ("explained",)),
    (re.compile(r"\b(?:fail\w*|unsuccessful)\b", re.IGNORECASE), ("success", "solved")),
    (re.compile(r"\b(?:reject\w*)\b", re.IGNORECASE), ("acceptance", "accepted")),
    (re.compile(r"\b(?:miss(?:es|ed|ing)?)\b", re.IGNORECASE), ("recall", "coverage", "hit")),
)
"""What is left over, and of what: dead units of those that are alive."""


def opposite_of(words: str, keys: Iterable[Key]) -> frozenset[Key]:
    """The metrics that are the rest of what the words speak of: what is alive, of dead units."""
    told = {word for said, those in _OPPOSITE if said.search(words) for word in those}
    return frozenset(key for key in keys if told & set(tokens(key.path[-1])))
