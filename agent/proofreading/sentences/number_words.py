"""Whole numbers in words, from `one` to `ninety-nine`: patterns that match them, and what they come to."""

from __future__ import annotations

import re

BELOW_TEN = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TO_NINETEEN = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {
    **{word: count for count, word in enumerate((*BELOW_TEN, *_TO_NINETEEN), start=1)},
    **{word: 10 * count for count, word in enumerate(_TENS, start=2)},
}
_UNITS = "|".join(BELOW_TEN)
IN_WORDS = rf"(?:(?:{'|'.join(_TENS)})(?:[-\s](?:{_UNITS})\b)?|{'|'.join(_TO_NINETEEN)}|{_UNITS})"
"""Such a number; where one may end a longer word, what stands behind it must say so."""
SEVERAL_IN_WORDS = rf"(?!one\b){IN_WORDS}"
"""Two or more."""


def count_of(word: str) -> int:
    """What a number comes to that `IN_WORDS` matches, or that is written in digits. Raises ValueError for any other."""
    parts = re.split(r"[-\s]", word.lower())
    return sum(_VALUES[part] for part in parts) if all(part in _VALUES for part in parts) else int(word)
