"""Pieces of a sentence without what says nothing of which metric is meant."""

from __future__ import annotations

import re

from agent.drafts.naming import says
from agent.drafts.text.numerals import Numeral

_GONE = re.compile(
    r"\b(?:remov(?:es?|ed|ing)|saves?|saved|saving|cuts?|eliminat(?:es?|ed|ing))\s+(?:about\s+|only\s+|some\s+|~\s*)?\Z",
    re.IGNORECASE,
)
"""Before a share of a metric that is gone: `removes 34% of the error`."""
_OF_METRIC = re.compile(
    r"\s*(?:(?:percentage\s+)?points?\s+|pp\s+)?of\s+(?:the\s+|its\s+)?((?:[A-Za-z][\w-]*\s?){1,4}?)\s?(?=[,.;:()]|\b(?:at|and|with|for|in|on|over|than|while|but|to|by|of|from)\b|\Z)"
)
"""Of which metric a difference is, right behind it."""
_COUNTED = re.compile(r"\s+((?:[a-z]+\s)?[a-z]+s)\b")
_AT_ANOTHER = re.compile(r"\b(?:at|with|for)\s+(?:an?\s+)?[\w$ -]{1,25}=\s*(?=\d|$)")
"""At which value of another: `0.021 at L0 = 80`."""


_LOST = re.compile(
    r"(?<=\b[Ll]oss)(?= of\s+(?:about\s+|only\s+|just\s+|~\s*)?[-−+]?\d[\d.]*\s?(?:%|percent|pp\b|(?:percentage\s+)?points?\b))"
)
"""Behind a loss that is no training's: `a loss of 1.2 points`."""


def without_losses(text: str) -> str:
    """The same text, as long, in which what is lost in points or percent is called a drop: it is of no metric called loss."""
    for each in _LOST.finditer(text):
        text = f"{text[: each.start() - 4]}drop{text[each.start() :]}"
    return text


def without_numbers(text: str) -> str:
    """The words alone; recall@10 is one."""
    return re.sub(r"(?<![\w@-])[-+]?\d+\.?\d*%?(?![\w-])", " ", text)


def but_of_what(text: str, number: Numeral, left: int, right: int) -> str:
    """text[left:right] without what a percentage is of: `31% of the episodes` is no number of episodes."""
    text = text[: number.end] + _AT_ANOTHER.sub(lambda said: " " * len(said[0]), text[number.end :])
    whole = says.OF_WHAT.match(text, number.end) if number.percent else None
    if whole is None or _GONE.search(text[: number.start]):
        return text[left:right]
    return f"{text[left : number.end]} {text[whole.end() : right]}"


def of_millions(text: str, number: Numeral) -> str:
    """What a number of millions counts: the parameters of `28.3M parameters`."""
    noun = _COUNTED.match(text, number.end) if number.suffix and number.suffix in "kKMB" else None
    return noun[1].lower() if noun else ""


def before_its_name(text: str, start: int, number: Numeral) -> str:
    """What stands behind a number in `0.045 absorption at 0.598 explained variance`, where each stands before its metric; `start` is the end of the one before."""
    if of := None if number.percent or number.factor else _OF_METRIC.match(text, number.end):
        return of[1]  # `wins back 0.013 of explained variance`
    own = says.ITS_METRIC.match(text, number.end)
    return own[1] if own and says.BETWEEN_TWO.fullmatch(text[start : number.start]) else ""
