"""Bounds: `all errors are below 0.003`, `more than 0.9`: true where every value that is meant lies on that side."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.drafts.judging.case import Case, Ruling
from agent.drafts.records.pool import Found

_UPPER = re.compile(
    r"(?:\b(?:below|under|less than|smaller than|lower than|at most|no more than|up to)|[<≤])\s*$", re.IGNORECASE
)
_LOWER = re.compile(
    r"(?:\b(?:above|over|more than|greater than|higher than|larger than|at least|no less than|exceeds?|exceeding)|[>≥])\s*$",
    re.IGNORECASE,
)
_OF_WHAT = re.compile(r"(?<=\w)\s+(?:an?|the)\s+(?:[\w-]+\s+){1,3}of\s+\Z")
_EVERY = re.compile(r"\b(?:all|every|each|both)\s+(?:of\s+)?(?:the\s+|our\s+)?\Z", re.IGNORECASE)
_OVER_ALL = re.compile(r"\b(?:over|across|among|for|of)\s+(?:all|every|each)\b", re.IGNORECASE)
_ALL = re.compile(r"\b(?:all|every|each|both)\b", re.IGNORECASE)
_BUT = re.compile(
    r"\b(?:except|but|besides|other than|apart from)\s+(?:for\s+)?(?:the\s+)?(?:(?:one|ones|run|model|variant)\s+)?\Z",
    re.IGNORECASE,
)
_SPREAD = re.compile(r"\b(?:std|standard (?:deviations?|errors?)|spreads?|deviations?)\b", re.IGNORECASE)


def bound_of_all(case: Case) -> Ruling | None:
    """A bound that is said of all: `all runs reach more than 99%` is no value that is 99%."""
    before = case.text[: case.number.start]
    if not _ALL.search(before):
        return None
    told = bound(case)
    own = case.names.metrics.named(before) or (
        case.context.near and _all_of(case)
    )  # `all LoRA models recover more than 97% of the loss`
    return told if own or (told and told.status == "derived") else None


_RANGES = re.compile(
    r"\b(?:rang(?:es?|ed|ing)|var(?:y|ies|ied)|spans?|spanning)\s+(?:between|from)?\s*(?P<low>[-−]?\d[\d.]*)?\s*%?\s*(?:(?:and|to)\s*)?\Z",
    re.IGNORECASE,
)
"""`ranges from 0.93 to 0.99 over all models`: the words that say of whom stand behind."""
_BETWEEN = re.compile(
    r"\b(?:all|every|each)\b[^.;]*\b(?:between|from)\s+(?P<low>[-−]?\d[\d.]*)?\s*%?\s*(?:(?:and|to)\s*)?\Z",
    re.IGNORECASE,
)


def end_of_all(case: Case, found: Sequence[Found]) -> Ruling | None:
    """`All variants lie between 0.872 and 0.879`, where one has less: a value of the folder, and no end of what is said of all."""
    before = case.text[: case.number.start]
    told = _BETWEEN.search(before) or (_RANGES.search(before) if _OVER_ALL.search(case.text) else None)
    if case.in_table or told is None or len({one.key for one in found}) != 1:
        return None
    one = found[0]
    known = case.values.central.get(one.key, {})
    runs = case.context.runs or frozenset(known)
    circles = [runs - excepted(case), runs - case.names.runs.baseline - excepted(case)]
    slack = 2 * case.number.half * (abs(one.value / case.number.value) if case.number.value else 1.0)
    beyond = []
    for circle in circles:
        values = [known[run] for run in sorted(circle & known.keys())]
        side = [each for each in values if (each.value - one.value) * (1 if told["low"] else -1) > slack]
        if not side or len(values) < _A_FEW:
            return None
        beyond = side
    reason = f"{beyond[0].key.name} of {beyond[0].run} is {beyond[0].value:.6g}: {case.number.shown} is no end of all"
    return Ruling("misattributed", one.shown, reason, (one.run,))


_A_FEW = 3


def excepted(case: Case) -> frozenset[str]:
    """`all models except BPR-MF`."""
    told = (each.runs for each in case.names.runs.mentions(case.text) if _BUT.search(case.text[: each.start]))
    return frozenset(run for runs in told for run in runs)


def _all_of(case: Case) -> frozenset[str]:
    """`All LoRA models recover more than`: those of which it is said."""
    before = (each for each in case.names.runs.mentions(case.text) if each.end <= case.number.start)
    return next((each.runs for each in before if _EVERY.search(case.text[: each.start])), frozenset())


def bound(case: Case) -> Ruling | None:
    """A number that bounds values, in words; None where it is given as no bound or nothing is meant that can be bounded."""
    before = case.text[: case.number.start]
    bare = _OF_WHAT.sub(" ", before) if _ALL.search(before) else before  # `below an error of 0.3`
    upper, lower = _UPPER.search(bare), _LOWER.search(bare)
    if case.in_table or not (upper or lower) or not case.context.metrics:
        return None
    if not (_ALL.search(case.text) or not case.names.metrics.only_in_part(before[-60:])):
        return None  # "features above a threshold of 0.1": what is bounded is no metric
    left_out = excepted(case)
    runs = (case.context.runs or _all_of(case)) - left_out
    limit = case.number.value / 100 if case.number.percent else case.number.value
    if _SPREAD.search(case.text):
        kind = "deviation" if "deviation" in case.text else "error"
        meant = [
            one
            for one in case.values.spreads
            if case.fits(one) and (not one.formula or one.formula.startswith(f"standard {kind}"))
        ]
    else:
        known = (case.values.central.get(key, {}) for key in case.context.metrics)
        meant = [
            one for each in known for run, one in each.items() if (not runs or run in runs) and run not in left_out
        ]
    if not meant:
        return None
    wrong = [one for one in meant if (one.value > limit if upper else one.value < limit)]
    side = "below" if upper else "above"
    if not wrong:
        return Ruling(
            "derived", f"{len(meant)} values lie {side} it", "a bound", tuple(sorted({one.run for one in meant}))
        )
    worst = (max if upper else min)(wrong, key=lambda one: one.value)
    return Ruling("unsupported", reason=f"{worst.key.name} of {worst.run} is {worst.value:.6g}, not {side} it")
