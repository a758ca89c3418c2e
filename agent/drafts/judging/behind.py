"""The way that stands right before a number that is said of it: the 0.205 and the 0.108 of `from 0.205 to 0.108, a 73% reduction`."""

from __future__ import annotations

import re
from itertools import pairwise

from agent.drafts.text.numerals import Numeral, numerals

_FROM = re.compile(r"\bfrom\s+(?:about\s+|around\s+|~\s*)?\Z")
_TO = re.compile(
    r"\s?(?:%|percent|(?!to\b)[a-zA-Zµ]{1,8}\b)?\s*(?:\([^()\d]{1,40}\)\s*)?(?:→|to)\s+(?:about\s+|only\s+|just\s+|around\s+|~\s*)?"
)
_FROM_TO = re.compile(r"\bfrom\b.*(?:\bto\b|→)", re.DOTALL)
_NOUN = r"(?:reduction|increase|improvement|drop|decrease|gain|rise|difference|change|decline)s?"
_THEN = re.compile(
    rf"\s?(?:%|percent|(?!an?\b|or\b|by\b)[a-zA-Zµ]{{1,8}}\b)?\s*(?:\([^()\d]{{1,40}}\)\s*)?[,;:(—–]*\s*(?:(?:i\.\s?e\.?,?|that is,?|or|an?|by|which is|corresponding to|amounting to|equivalent to|about|roughly|nearly|relative|absolute|[+−-]|{_NOUN}\s+(?:of|by))\s*)*"
)
_OF_ANOTHER = re.compile(
    rf"\s*(?:%|percent|(?:percentage\s+)?points?|pp)?\s*(?:relative\s+|absolute\s+)?(?:{_NOUN}\s+)?(?:in|of)\s+\w"
)


def way_before(number: Numeral, text: str) -> tuple[Numeral, Numeral] | None:
    """From which number to which, in units that are alike; None where no way stands there."""
    if not _FROM_TO.search(text[: number.start]):
        return None
    for one, two in pairwise(numerals(text)):
        goes = _FROM.search(text[: one.start]) and _TO.fullmatch(text[one.end : two.start])
        alike = one.percent == two.percent and min(one.value, two.value) > 0
        if goes and alike and two.end <= number.start and _THEN.fullmatch(text[two.end : number.start]):
            return None if _OF_ANOTHER.match(text, number.end) else (one, two)
    return None
