"""Means over data sets or sizes that are no mean: the value at one of them."""

from __future__ import annotations

import re

from agent.drafts.judging.averages import family_mean
from agent.drafts.judging.case import Case, Ruling, computed
from agent.drafts.judging.movement import MEAN
from agent.drafts.records.pool import Found
from agent.proofreading.sentences.number_words import IN_WORDS, count_of

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


_SO_MANY = re.compile(rf"\b({IN_WORDS}|\d+)\s+(?:[\w-]+\s+){{0,2}}?[a-z]{{3,}}s\b", re.IGNORECASE)
_TELLING = 3
"""Digits of a mean that is hardly one by chance."""


def mean_of_so_many(case: Case) -> Ruling | None:
    """`Averaged over the three ablations it is 0.634`: the mean over as many runs as are said, that share a part of their names and no other has."""
    told = _SO_MANY.search(case.text[: case.number.start])
    if case.in_table or told is None or case.number.digits < _TELLING or not MEAN.search(case.text):
        return None
    if case.context.runs or any("/" in run for run in case.names.runs.all):
        return None  # whose mean it is, is said
    count = count_of(told[1])
    for key in sorted(case.context.metrics, key=lambda each: each.path)[:4]:
        known = case.values.central.get(key, {})
        parts = {part for run in known for part in _PART.split(run) if part}
        for part in sorted(parts):
            runs = [run for run in sorted(known) if part in _PART.split(run)]
            mean = sum(known[run].value for run in runs) / len(runs)
            scales = (1.0, 100.0) if case.number.percent else (1.0,)
            fits = any(abs(scale * mean - case.number.value) <= case.number.half * (1 + 1e-6) for scale in scales)
            if len(runs) == count > 1 and fits:
                formula = f"mean of {key.name} over the {count} runs of {part}"
                return computed(formula, tuple(runs))
    return None


_PART = re.compile(r"[/_\s-]+")
