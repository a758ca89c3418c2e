"""A change behind the way that it is of: `from 0.205 to 0.108, a 73% reduction` is of these two, and not of a run that nobody names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent.drafts.judging.behind import way_before
from agent.drafts.judging.case import Case, Ruling
from agent.drafts.text.numerals import Numeral, points_after


def not_of_its_way(case: Case, ruling: Ruling) -> Ruling:
    """The ruling on a number; where it is derived from runs that the sentence does not name, and is no change of the two numbers
    that it prints right before, that it is none."""
    if ruling.status != "derived" or case.in_table or len(ruling.runs) != 2:
        return ruling
    mentioned = case.names.runs.mentions(case.text)
    by_name = [one for one in mentioned if len(one.runs) == 1 or not re.search(r"\d", case.text[one.start : one.end])]
    named = {run for one in by_name or mentioned for run in one.runs} | case.context.runs
    way = None if set(ruling.runs) <= named else way_before(case.number, case.text)
    if way is None or is_change_of(case, *way):
        return ruling
    one, two = way
    return Ruling("unsupported", reason=f"no change from {one.shown} to {two.shown}, which stand right before it")


def is_change_of(case: Case, one: Numeral, two: Numeral) -> bool:
    """Whether the number is a change from one printed number to another."""
    return any(_meets(case, one, two, form) for form in _forms(case, one, two))


def _forms(case: Case, one: Numeral, two: Numeral) -> Iterator[str]:
    """As what a change of two numbers may be printed."""
    if case.number.factor:
        yield "ratio"
    elif case.number.percent:
        yield from ("relative", "share", "rest")
        if one.percent:
            yield "difference"
    else:
        yield "difference"
        if points_after(case.text, case.number.end) or case.number.suffix == "pp":
            yield "hundredfold"


def _meets(case: Case, one: Numeral, two: Numeral, form: str) -> bool:
    """Whether the number is this change of any two values that are printed so."""
    ends = [(a, b) for a in _printed(one) for b in _printed(two)]
    changes = [_change(a, b, form, one.percent) for a, b in ends]
    low, high = min(changes), max(changes)
    return low - case.number.half * (1 + 1e-6) <= abs(case.number.value) <= high + case.number.half * (1 + 1e-6)


def _printed(one: Numeral) -> tuple[float, float]:
    return one.value - one.half, one.value + one.half


def _change(a: float, b: float, form: str, percent: bool) -> float:
    if form == "relative":
        return 100 * abs(a - b) / a if a else 0.0
    if form == "share":
        return 100 * b / a if a else 0.0
    if form == "rest":
        whole = 100.0 if percent or max(a, b) > 1 else 1.0
        return 100 * abs(a - b) / abs(whole - a) if whole != a else 0.0
    if form == "ratio":
        return max(a / b, b / a) if a > 0 and b > 0 else 0.0
    return abs(a - b) * (100 if form == "hundredfold" else 1)
