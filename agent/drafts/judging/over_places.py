"""Means over data sets or sizes that are no mean: the value at one of them."""

from __future__ import annotations

import re

from agent.drafts.judging.averages import family_mean
from agent.drafts.judging.case import Case, Ruling
from agent.drafts.records.pool import Found

_OVER_PLACES = re.compile(
    r"\b(?:averag\w+|means?)\b[^.;,]{0,30}\b(?:over|across)\s+(?:(?:all|the|both|its|their|our)\s+)*(?:[a-z]+\s+){0,2}(?!seeds|folds|runs|repeats|trials|repetitions)[a-z]{4,}s\b(?:[^.;\d]|\d+[kKM]\b|=\s?\$?\d+)*\Z",
    re.IGNORECASE,
)
"""What says that a number is a mean over places: `averaged over the three widths, A has`."""


def no_mean(case: Case, fitting: list[Found]) -> Ruling | None:
    """`Averaged over the widths, A has 13.9`, where A has that at one of them."""
    told = _OVER_PLACES.search(case.text[: case.number.start])
    runs = case.context.runs
    if case.in_table or told is None or len(runs) < 2 or len({one.key for one in fitting}) != 1:
        return None
    over = family_mean(fitting[0].key, runs, case.values)
    slack = 2 * case.number.half * (abs(fitting[0].value / case.number.value) if case.number.value else 1.0)
    if over is None or any(abs(over.value - one.value) <= slack for one in fitting):
        return None
    return Ruling(
        "misattributed", fitting[0].shown, f"a value of {fitting[0].run}; the {over.formula} is {over.value:.6g}"
    )
