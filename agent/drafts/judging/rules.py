"""Which status a number gets: rules in order, of which the first that has a say decides."""

from __future__ import annotations

import re
from collections.abc import Callable

from agent.drafts.judging.case import LEFT_OUT, Case, Ruling
from agent.drafts.judging.change import Derived, derive, speaks_of_change
from agent.drafts.judging.counts import count_of_runs
from agent.drafts.judging.elsewhere import misattributed, not_found
from agent.drafts.judging.settings import named_setting, told, unnamed_setting
from agent.drafts.judging.spreads import is_spread, rule_on_spread
from agent.drafts.records.pool import Found
from agent.drafts.records.runs import Key
from agent.proofreading.numbers import find_numbers, is_structure

_HIGHEST = re.compile(r"\b(?:highest|largest|maximum|greatest)\b", re.IGNORECASE)
_LOWEST = re.compile(r"\b(?:lowest|smallest|minimum|least)\b", re.IGNORECASE)
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "at",
        "in",
        "on",
        "for",
        "with",
        "by",
        "to",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "as",
        "it",
        "its",
        "our",
        "we",
        "this",
        "that",
        "which",
        "reach",
        "reaches",
        "reached",
        "achieve",
        "achieves",
        "achieved",
        "achieving",
        "obtain",
        "obtains",
        "obtained",
        "reaching",
        "about",
        "only",
        "just",
        "still",
        "has",
        "have",
        "had",
        "get",
        "gets",
        "while",
        "yield",
        "yields",
        "yielding",
        "attain",
        "attains",
        "both",
        "all",
        "each",
        "run",
        "runs",
        "baseline",
        "value",
        "values",
        "score",
        "scores",
        "shows",
        "show",
        "gives",
        "give",
        "respectively",
    ]
)


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
        return _supported(fitting[0])
    return LEFT_OUT


def _supported(one: Found) -> Ruling:
    if one.formula:
        return Ruling("derived", one.shown, one.formula, (one.run,))
    return Ruling("supported", told(one), f"{one.key.name} of {one.run}", (one.run,))


def _change(case: Case) -> Ruling | None:
    """A difference, a ratio, a percent change, in words that say so."""
    if not speaks_of_change(case.number, _change_words(case)):
        return None
    if not (case.number.percent or case.number.factor or case.in_table) and case.context.metrics:
        ruling = _value(case)  # "drifts by 0.24"
        if ruling is not None and ruling.status == "supported":
            return ruling
    told = _derive(case)
    if told.formula:
        return Ruling("derived", told.formula, "computed from supported values", told.runs)
    if (ruling := _value(case)) is not None and ruling.status != "misattributed":
        return ruling
    if told.against:
        return Ruling("unsupported", reason=told.against)
    return None


def _change_words(case: Case) -> str:
    if case.in_table:
        return case.context.words
    start = max(0, case.number.start - 60)
    return case.context.words + " " + case.text[start : case.number.end + 40]


def _derive(case: Case) -> Derived:
    return derive(case.number, case.context, case.values, case.names.runs.baseline, case.nearby)


def _value(case: Case) -> Ruling | None:
    """A measured value of the metric and the run that are named."""
    fitting = [one for one in case.hits if case.fits(one) and one.role != "spread"]
    context = case.context
    if fitting and (context.metrics or case.telling):
        if odd := _not_the_extreme(case, fitting):
            return odd
        return _supported(_first(case, fitting))
    if not context.near and context.metrics and _has_own_words(case) and case.telling:
        loose = [one for one in case.hits if case.of_run(one) and one.role != "spread"]
        if loose:
            return _supported(loose[0])
    return None


def _first(case: Case, fitting: list[Found]) -> Found:
    """Of values that fit alike: what a file says, then the mean over seeds, then a single seed's, unless one is spoken of."""
    repeats = case.values.repeats
    single = re.search(r"\bseed\b|\bfold\b", case.text, re.IGNORECASE) is not None

    def order(one: Found) -> tuple[bool, bool]:
        is_one_of_many = not one.formula and "mean" not in one.shown and (one.run, one.key) in repeats
        return is_one_of_many != single, "[" in one.shown

    return min(fitting, key=order)


def _has_own_words(case: Case) -> bool:
    """Whether the clause says of what the number is, in words that no metric of the folder has."""
    mentions = " ".join(case.text[each.start : each.end] for each in case.names.runs.mentions(case.text))
    words = re.findall(r"[a-z]{4,}", case.context.words.lower())
    return any(word not in _STOP and word not in mentions.lower() for word in words)


def _not_the_extreme(case: Case, fitting: list[Found]) -> Ruling | None:
    """`the highest accuracy, 0.87`, where another run has more."""
    before = case.text[: case.number.start]
    words = "" if case.in_table else f"{case.context.words} {re.split(r'[0-9]', before)[-1][-70:]}"
    high, low = bool(_HIGHEST.search(words)), bool(_LOWEST.search(words))
    keys: set[Key] = {one.key for one in fitting}
    if high == low or len(keys) != 1:
        return None
    known = case.values.central.get(next(iter(keys)), {})
    best = (max if high else min)(known.values(), key=lambda one: one.value, default=None)
    if best is None or any(abs(one.value - best.value) <= 2 * case.number.half for one in fitting):
        return None
    word = "highest" if high else "lowest"
    return Ruling("misattributed", fitting[0].shown, f"the {word} {best.key.name} is {best.value:.6g}, of {best.run}")


def _derived_anyway(case: Case) -> Ruling | None:
    """A change that no word announces: in a table, or between brackets."""
    if not (case.number.percent or case.in_table or case.number.shown[:1] in "+-−" or case.context.others):
        return None
    told = _derive(case)
    if told.formula and (case.number.digits >= 2 or case.number.percent):
        return Ruling("derived", told.formula, "computed from supported values", told.runs)
    return None


Rule = Callable[[Case], "Ruling | None"]
RULES: tuple[Rule, ...] = (
    _enumerator,
    _spread,
    count_of_runs,
    named_setting,
    _in_a_name,
    _structure,
    _change,
    _value,
    _derived_anyway,
    unnamed_setting,
    misattributed,
)
