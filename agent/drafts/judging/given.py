"""Numbers that are given, not found: fractions and targets of settings, and parts of a whole that a value leaves over."""

from __future__ import annotations

import re
from dataclasses import replace

from agent.drafts.judging.case import LEFT_OUT, Case, Ruling
from agent.drafts.judging.opposites import opposite_of
from agent.drafts.judging.settings import told
from agent.drafts.records.pool import whole_of
from agent.drafts.text.numerals import numerals

_OVER = re.compile(r"\s?/\s?(\d+(?:\.\d+)?)(?![\d.]*[A-Za-z/])")
_UNDER = re.compile(r"(?<![\w./])(\d+(?:\.\d+)?)\s?/\s?\Z")
_TARGET = re.compile(
    r"\b(?:targets?|budget|limit|nominal|desired|intended)\b(?:\s+\w+)?\s*(?:of|is|=|at)?\s*\Z", re.IGNORECASE
)
_LEFT_OVER = re.compile(
    r"\b(?:dead|dying|miss(?:es|ed|ing)?|lose[sd]?|loses|lost|fails?|failed|failures?|wrong(?:ly)?|errors?|unexplained|remaining|rest|inactive|silent|unused|misclassif\w+|incorrect\w*)\b",
    re.IGNORECASE,
)
"""What says that a share is what a value leaves of the whole."""


_TELLING = 3
"""Digits of a share that is hardly one by chance."""
_A_FEW = 12
"""Runs among which it may be anyone's, where none is named."""


def fraction(case: Case) -> Ruling | None:
    """`1/32`, `8/255`: the two numbers are one, where a setting has its value."""
    number, text = case.number, case.text
    over, under = _OVER.match(text, number.end), _UNDER.search(text[: number.start])
    if case.in_table or number.percent or bool(over) == bool(under):
        return None
    top, bottom = (number.value, float(over[1])) if over else (float(under[1]) if under else 0.0, number.value)
    if not bottom:
        return None
    share = top / bottom
    found = list(case.values.settings.between(share - 5e-5 * abs(share), share + 5e-5 * abs(share)))
    if not found:
        return None
    return LEFT_OUT if over else Ruling("setting", told(found[0]), f"the setting {found[0].key.name}")


def target(case: Case) -> Ruling | None:
    """`above the target of 40`: what was set, though it is said of a metric."""
    number = case.number
    if case.in_table or not _TARGET.search(case.text[: number.start]):
        return None
    slack = 1e-9 * max(1.0, abs(number.value))
    scales = (1.0, 0.01) if number.percent else (1.0,)
    found = [
        one
        for scale in scales
        for one in case.values.settings.between(scale * number.value - slack, scale * number.value + slack)
    ]
    return Ruling("setting", told(found[0]), f"the setting {found[0].key.name}") if found else None


def left_over(case: Case) -> Ruling | None:
    """`10.5% of its units are dead` of a run of which 89.5% are alive: one less a share."""
    number, context = case.number, case.context
    if number.factor or number.value > 100 or not _LEFT_OVER.search(case.text):
        return None
    runs = context.runs or case.names.runs.all
    if not context.runs and (number.digits < _TELLING or len(case.names.runs.all) > _A_FEW):
        runs = _of_the_rest(case)  # `grows to 90.2%, so that 9.8% are dead`
    if context.runs and context.hand and not context.hand.sure_run and number.digits >= _TELLING:
        runs |= context.hand.runs
    told = context.words if context.runs else case.text
    opposite = set(opposite_of(told, case.values.central))
    opposite = {
        key for key in opposite if key in case.names.metrics.narrowed(frozenset(opposite), context.words, case.text)
    }
    keys = sorted(opposite - context.metrics, key=lambda each: each.path) + sorted(
        context.metrics, key=lambda each: each.path
    )
    for key in keys:
        known = case.values.central.get(key, {})
        whole = whole_of(one.value for one in known.values())
        scale = 0.01 if number.percent and whole == 1 else 1.0
        for run in sorted(runs & known.keys()):
            rest = whole - known[run].value
            if whole and abs(rest - scale * number.value) <= scale * number.half * 1.000001:
                formula = f"{whole:g} − {known[run].value:.6g}, {key.name} of {run}"
                return Ruling("derived", formula, "what a share leaves over", (run,))
    return None


def _of_the_rest(case: Case) -> frozenset[str]:
    """The runs of what the sentence prints as the rest of a percentage."""
    number = case.number
    if not number.percent:
        return frozenset()
    rest = [one for one in numerals(case.text) if one.percent and abs(one.value + number.value - 100) <= number.half]
    printed = [replace(case, number=one) for one in rest if one.start < number.start]
    return frozenset(hit.run for each in printed for hit in each.hits if hit.role != "spread")
