"""Whose a number between brackets is: of the run before them, of a comparison, or an aside that ends with them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.drafts.naming import says
from agent.drafts.naming.mention import Mention
from agent.drafts.text.numerals import Numeral

_SPREAD = re.compile(r"(?:±|\+/-|\bpm)\s*\Z")


def before(text: str, mentions: Sequence[Mention], numbers: Sequence[Numeral], left: int) -> Mention | None:
    """`the baseline (0.143)`: the run before the bracket in which text[left] stands, where it holds one number."""
    opened = text.rfind("(", 0, left)
    if opened < 0 or ")" in text[opened:left]:
        return None
    if any(opened < each.start and each.end <= left for each in mentions):
        return None  # `B (A: 0.72)`: it says whose it is
    near = [each for each in mentions if each.end <= opened and opened - each.end <= says.BEFORE_BRACKET]
    closed = text.find(")", opened)
    inside = [one for one in numbers if opened < one.start < (closed if closed > 0 else len(text))]
    inside = [one for one in inside if not _SPREAD.search(text[: one.start])]
    return near[-1] if near and len(inside) == 1 else None


def says_again(text: str, numbers: Sequence[Numeral], number: Numeral) -> Numeral | None:
    """The change that a bracket gives once more, as a percentage or a factor: the 588 of `588 points above TD3 (+14.7%)`."""
    at = numbers.index(number)
    if at == 0 or not (number.percent or number.factor) or numbers[at - 1].percent or numbers[at - 1].factor:
        return None
    between = text[numbers[at - 1].end : number.start]
    moved = says.MOVED.search(text[: numbers[at - 1].start][-40:]) or says.POINTS_ABOVE.match(between)
    return numbers[at - 1] if moved and _OPENED.search(between) else None


_OPENED = re.compile(r"\A[^.;:()]{0,40}\(\s*(?:[+−-]|i\.e\.,?\s|or\s|about\s|a\s+|relative\s+)*\s*\Z")


def compares(text: str, mentions: Sequence[Mention], number: Numeral) -> bool:
    """`(0.91 vs 0.90)` in a sentence of several runs: in which order is not said."""
    opened, closed = text.rfind("(", 0, number.start), text.find(")", number.end)
    if opened < 0 or closed < 0 or ")" in text[opened : number.start]:
        return False
    beside = [
        each for each in mentions if each.end <= opened and (not each.target or opened - each.end < says.BEFORE_BRACKET)
    ]
    return len(beside) > 1 and says.COMPARED.search(text[opened:closed]) is not None


def has_its_own(text: str, mention: Mention) -> bool:
    """`(baseline: 0.8089)`: a run within brackets that tells its value there."""
    return text[: mention.start].rstrip().endswith("(") and _ITS_OWN.match(text, mention.end) is not None


_ITS_OWN = re.compile(r"\s*(?::|=|,|at|has|with)?\s*[-−+]?\d")


def is_aside(text: str, mention: Mention, left: int) -> bool:
    """Whether a run is named within brackets that are closed before `left`."""
    opened = text.rfind("(", 0, mention.start)
    short = text[mention.start : mention.end]
    behind_a_number = re.search(r"[\d%]\s*$", text[: max(opened, 0)]) is not None
    if short.isupper() and text[opened + 1 : mention.end + 1] == f"{short})" and not behind_a_number:
        return False  # a name for short: `weight decay (WD) helps`
    return opened >= 0 and ")" not in text[opened : mention.start] and ")" in text[mention.end : left]
