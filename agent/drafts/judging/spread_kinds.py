"""Of which kind a spread is: a standard deviation, a standard error, an interval, a range; by the text, and by its file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.drafts.records.pool import Found

_KINDS = {
    "standard deviation": re.compile(r"\b(?:standard deviations?|std\.?|(?-i:SD)|s\.d\.)(?!\w)", re.IGNORECASE),
    "standard error": re.compile(r"\b(?:standard errors?|std\.? ?err|stderr|(?-i:SEM?)|sem)\b", re.IGNORECASE),
    "95%": re.compile(r"\b(?:confidence|intervals?|(?-i:CI))\b", re.IGNORECASE),
}
_RECORDED = {
    "standard deviation": re.compile(
        r"(?:^|[_.])(?:std|stdev|std_?dev|sd|standard_deviation)s?(?:$|[_.\d\[])", re.IGNORECASE
    ),
    "standard error": re.compile(r"(?:^|[_.])(?:std_?err|sem|se|standard_error)s?(?:$|[_.\d\[])", re.IGNORECASE),
    "95%": re.compile(r"(?:^|[_.])ci(?:_?95)?(?:$|[_.\d\[])", re.IGNORECASE),
}
"""How files call what they hold."""
_RANGE = re.compile(
    r"\b(?:rang\w+|var(?:y|ies|ied)|differ\w*|fluctuat\w+|apart|max\w*[\s–-]+min\w*|spread (?:of|between|over))\b",
    re.IGNORECASE,
)
"""What may say that a spread goes from the lowest to the highest."""
_DENOTED = re.compile(
    r"±|\\pm|\+/-|\b(?:means? (?:and|with|plus)|error bars?|averages? and|report\w*|denot\w*|indicates?|subscripts?|over \w+ (?:\w+ )?seeds)\b",
    re.IGNORECASE,
)
"""What a sentence says that tells of which kind all spreads of a draft are."""


def is_said_so(one: Found, words: str, throughout: frozenset[str]) -> bool:
    """Whether a spread is of the one kind of which the words speak, else of the one of which the whole draft does."""
    if one.formula.startswith("range"):
        return _RANGE.search(words) is not None
    said = kinds_in(words) or throughout
    if not said and _kind_of(one) == "95%" and one.formula:
        return False  # who gives intervals says so
    return len(said) != 1 or _kind_of(one) in ("", min(said))


def kinds_in(text: str) -> frozenset[str]:
    """The kinds of spread of which a text speaks."""
    return frozenset(kind for kind, words in _KINDS.items() if words.search(text))


def said_of_all(texts: Iterable[str]) -> frozenset[str]:
    """The one kind of which the spreads of a draft are, where it says so and never otherwise."""
    said = frozenset(kind for text in texts if _DENOTED.search(text) for kind in kinds_in(text))
    return said if len(said) == 1 else frozenset()


def _kind_of(one: Found) -> str:
    """By its formula, or by how its file calls it; empty where neither says."""
    if one.formula:
        return next((kind for kind in _KINDS if one.formula.startswith(kind)), "")
    told = [kind for kind, words in _RECORDED.items() if words.search(one.place)]
    return told[0] if len(told) == 1 else ""
