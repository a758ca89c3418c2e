"""Pieces of a sentence without what says nothing of which metric is meant."""

from __future__ import annotations

import re

from agent.drafts.naming import says
from agent.drafts.text.numerals import Numeral

_COUNTED = re.compile(r"\s+((?:[a-z]+\s)?[a-z]+s)\b")


def without_numbers(text: str) -> str:
    """The words alone; recall@10 is one."""
    return re.sub(r"(?<![\w@-])[-+]?\d+\.?\d*%?(?![\w-])", " ", text)


def but_of_what(text: str, number: Numeral, left: int, right: int) -> str:
    """text[left:right] without what a percentage is of: `31% of the episodes` is no number of episodes."""
    whole = says.OF_WHAT.match(text, number.end) if number.percent else None
    if whole is None:
        return text[left:right]
    return f"{text[left : number.end]} {text[whole.end() : right]}"


def of_millions(text: str, number: Numeral) -> str:
    """What a number of millions counts: the parameters of `28.3M parameters`."""
    noun = _COUNTED.match(text, number.end) if number.suffix and number.suffix in "kKMB" else None
    return noun[1].lower() if noun else ""


def before_its_name(text: str, start: int, number: Numeral) -> str:
    """What stands behind a number in `0.045 absorption at 0.598 explained variance`, where each stands before its metric; `start` is the end of the one before."""
    own = says.ITS_METRIC.match(text, number.end)
    return own[1] if own and says.BETWEEN_TWO.fullmatch(text[start : number.start]) else ""
