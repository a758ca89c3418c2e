"""Numbers that go on as the one before them began: `a factor of 79 for LoRA and 26 for adapters`, `A gains 5.0 points, B 2.1`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.drafts.text.numerals import Numeral, points_after
from agent.drafts.text.units import unit_after

_UNIT = r"\s*(?:%|percent|pp|(?:percentage\s+)?points?|times|×)?"
_FOR = r"(?:for|with|on|in|under|at|by|using|without)"
_AND = r"(?:,\s*(?:and|but|while|or)?|;\s*(?:and)?|\band\b|\bbut\b|\bor\b|\bversus\b|\bvs\.?)"
_BARELY = r"(?:(?:only|just|about|roughly|nearly|even|by|to|another|a further|with|at|of|some|merely)\s+){0,2}"
_OF_ONE_THEN_OF = re.compile(rf"{_UNIT}\s*(?:of\s[a-z ]+?\s)?{_FOR}\s[^.;:()\d]*?{_AND}\s*{_BARELY}\Z")
"""`79 for LoRA and`, of which `26 for adapters` goes on."""
_OF_ANOTHER = re.compile(rf"\s*{_FOR}\s|\s*(?:[.,;)]|\Z)")
_LISTED = re.compile(rf"{_UNIT}\s*(?:,\s*(?:and|or)?|\band\b|\bor\b|\bto\b|–|-)\s*\Z")
_BOTH = re.compile(r"\s*(?:\band\b|\bor\b|\bto\b|–|-)\s*\Z")
"""Between two numbers of one unit: `3.1 and 4.2 times`, and not `84.4, 0.3 points above`."""
_LAST = re.compile(rf".*{_AND}\s*", re.DOTALL)
_ENDS = re.compile(r"\s*(?:[.,;:)—–]|\Z|(?:and|but|while|over|on|in|for)\b)")
_WITHOUT_VERB = re.compile(
    rf"\s*(?:(?:the|a|an|our|plain|that|those|one|ones|of|for|on|in|with)\s+)*\ue0ff\s*,?\s*{_BARELY}\Z"
)
_MENTION = "\ue0ff"


def in_step(
    text: str, numbers: Sequence[Numeral], named: Sequence[tuple[int, int]]
) -> tuple[tuple[Numeral, ...], dict[int, int]]:
    """The numbers, each in the form (percent, factor, points) of the one that it goes on from; where each goes on from, by place.

    `named` is where the text names runs.
    """
    done, origins = list(numbers), dict[int, int]()
    for at in range(1, len(done)):
        before, own = done[at - 1], done[at]
        between, behind = text[before.end : own.start], text[own.end :]
        same = _OF_ONE_THEN_OF.match(between) and _OF_ANOTHER.match(behind)
        gapped = _is_gapped(text, before, own, named)
        listed = before.factor and before.suffix == "" and _LISTED.fullmatch(between)
        if gapped:
            origins[own.start] = origins.get(before.start, before.start)
        if _is_bare(text, own) and (same or gapped or listed):
            done[at] = _in_form_of(before, own, text)
    for at in range(len(done) - 2, -1, -1):  # `3.1 and 4.2 times`
        own, after = done[at], done[at + 1]
        if (
            _is_bare(text, own)
            and (after.factor or points_after(text, after.end))
            and _BOTH.fullmatch(text[own.end : after.start])
        ):
            done[at] = _in_form_of(after, own, text)
    return tuple(done), origins


def _is_gapped(text: str, before: Numeral, own: Numeral, named: Sequence[tuple[int, int]]) -> bool:
    """Whether a clause is a name and a number alone: its verb is that of the clause before."""
    between = text[before.end : own.start]
    cut = _LAST.match(between)
    if cut is None or not _ENDS.match(text, own.end + len(re.match(r"\s*%?", text[own.end :])[0])):  # type: ignore[index]
        return False
    start = before.end + cut.end()
    inside = [(a, b) for a, b in named if start <= a and b <= own.start]
    if len(inside) != 1:
        return False
    a, b = inside[0]
    return _WITHOUT_VERB.fullmatch(text[start:a] + _MENTION + text[b : own.start]) is not None


def _is_bare(text: str, number: Numeral) -> bool:
    """Whether a number has no unit of its own."""
    form = number.percent or number.factor or number.suffix
    return not (form or points_after(text, number.end) or unit_after(text, number.end))


def _in_form_of(one: Numeral, own: Numeral, text: str) -> Numeral:
    points = one.suffix in ("pp", "pts") or points_after(text, one.end)
    return replace(own, percent=one.percent, factor=one.factor, suffix="pp" if points else own.suffix)
