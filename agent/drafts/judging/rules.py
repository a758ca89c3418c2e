"""Which status a number gets: rules in order, of which the first that has a say decides."""

from __future__ import annotations

import re
from collections.abc import Callable

from agent.drafts.judging.case import LEFT_OUT, Case, Ruling
from agent.drafts.judging.change import Derived, derive, is_only_a_change, speaks_of_change
from agent.drafts.judging.counts import count_of_runs
from agent.drafts.judging.elsewhere import misattributed, not_found
from agent.drafts.judging.settings import named_setting, unnamed_setting
from agent.drafts.judging.spreads import is_spread, rule_on_spread
from agent.drafts.judging.values import supported, value
from agent.proofreading.numbers import find_numbers, is_structure


def judge(case: Case) -> Ruling:
    """The status of a number, with what it stands on and why."""
    for rule in RULES:
        if (ruling := rule(case)) is not None:
            break
    else:
        ruling = not_found(case)
    if case.cited and not (ruling.status in ("supported", "derived") and (case.context.runs or case.in_table)):
        return LEFT_OUT
    return ruling


def _enumerator(case: Case) -> Ruling | None:
    """(1) a method, (2) a control."""
    start, end = case.number.start, case.number.end
    inside = case.text[max(0, start - 1) : start] == "(" and case.text[end : end + 1] == ")"
    return LEFT_OUT if inside and case.number.whole and case.number.digits <= 1 and not case.in_table else None


def _variable(case: Case) -> Ruling | None:
    """`at t = 50`: a value of a variable, of which nothing is claimed."""
    before = case.text[: case.number.start]
    return (
        LEFT_OUT
        if not case.in_table and re.search(r"(?<![A-Za-z_])[txyzijnms]\s*=\s*$", before) and not case.hits
        else None
    )


def _in_a_name(case: Case) -> Ruling | None:
    """The 3 of run 3, the 0.1 of a run that is called by it."""
    mentions = case.names.runs.mentions(case.text)
    inside = any(each.start <= case.number.start < each.end for each in mentions)
    return LEFT_OUT if inside and not case.in_table else None


def _spread(case: Case) -> Ruling | None:
    return rule_on_spread(case) if is_spread(case) else None


def _structure(case: Case) -> Ruling | None:
    """Sections, years, small counts; but a small count that a metric near it has is that metric's."""
    typed = next((one for one in find_numbers(case.text) if one.start == case.number.start), None)
    if case.in_table or typed is None or not is_structure(typed, case.text):
        return None
    if case.context.metrics and case.context.near and (fitting := [one for one in case.hits if case.fits(one)]):
        return supported(fitting[0])
    return LEFT_OUT


def _change(case: Case) -> Ruling | None:
    """A difference, a ratio, a percent change, in words that say so."""
    if not speaks_of_change(case.number, _change_words(case)):
        return None
    if not (case.number.percent or case.number.factor or case.in_table) and case.context.metrics:
        ruling = value(case)  # "drifts by 0.24"
        if ruling is not None and ruling.status == "supported":
            return ruling
    told = _derive(case)
    if told.formula:
        return Ruling("derived", told.formula, "computed from supported values", told.runs)
    only = is_only_a_change(case.number, case.text)
    if not only and (ruling := value(case)) is not None and ruling.status != "misattributed":
        return ruling
    if told.against or only:
        return Ruling("unsupported", reason=told.against or "no two values of the folder differ by this")
    return None


def _change_words(case: Case) -> str:
    if case.in_table:
        return case.context.words
    start = max(0, case.number.start - 60)
    return case.context.words + " " + case.text[start : case.number.end + 40]


def _derive(case: Case, said: bool = True) -> Derived:
    return derive(case.number, case.context, case.values, case.names.runs.baseline, case.nearby, said)


def _derived_anyway(case: Case) -> Ruling | None:
    """A change that no word announces: in a table, or between brackets."""
    if not (case.number.percent or case.in_table or case.number.shown[:1] in "+-−" or case.context.others):
        return None
    told = _derive(case, said=False)
    if told.formula and (case.number.digits >= 2 or case.number.percent):
        return Ruling("derived", told.formula, "computed from supported values", told.runs)
    return None


Rule = Callable[[Case], "Ruling | None"]
RULES: tuple[Rule, ...] = (
    _enumerator,
    _spread,
    count_of_runs,
    named_setting,
    _variable,
    _in_a_name,
    _structure,
    _change,
    value,
    _derived_anyway,
    unnamed_setting,
    misattributed,
)
