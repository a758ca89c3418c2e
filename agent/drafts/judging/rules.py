"""Which status a number gets: rules in order, of which the first that has a say decides."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from agent.drafts.judging.again import read_again
from agent.drafts.judging.averages import Derived, family_mean, mean, mean_over_sets
from agent.drafts.judging.bounds import bound, bound_of_all
from agent.drafts.judging.case import CHANGED, FINDINGS, LEFT_OUT, Case, Ruling, computed
from agent.drafts.judging.change import derive
from agent.drafts.judging.counts import count_of_runs
from agent.drafts.judging.elsewhere import misattributed, not_found
from agent.drafts.judging.families import on_sets
from agent.drafts.judging.from_print import from_print, not_of_its_end
from agent.drafts.judging.gaps import closed_gap
from agent.drafts.judging.given import fraction, left_over, target
from agent.drafts.judging.intervals import interval_bound
from agent.drafts.judging.leads import lead, within
from agent.drafts.judging.movement import MEAN, NOUN, STATES, is_only_a_change, speaks_of_change
from agent.drafts.judging.over_places import mean_of_so_many
from agent.drafts.judging.printed import not_of_its_way
from agent.drafts.judging.repeats import is_one_seed
from agent.drafts.judging.settings import named_setting
from agent.drafts.judging.silent import silent, silent_mark, silent_plan
from agent.drafts.judging.spreads import is_spread, rule_on_spread
from agent.drafts.judging.totals import product_of_settings, rate_of_latency, total_time
from agent.drafts.judging.unnamed import unnamed_setting
from agent.drafts.judging.values import value
from agent.drafts.judging.ways import wrong_end
from agent.drafts.naming.likeness import root_of
from agent.drafts.naming.says import FROM_VALUE, TO_VALUE
from agent.drafts.text.numerals import points_after


def judge(case: Case) -> Ruling:
    """The status of a number, with what it stands on and why."""
    for rule in RULES:
        if (ruling := rule(case)) is not None:
            break
    else:
        ruling = not_found(case)
    if case.of_cells and ruling.status in FINDINGS:
        return computed(case.of_cells, tuple(sorted(case.context.runs)))
    ruling = not_of_its_end(case, not_of_its_way(case, wrong_end(case, ruling)))
    if case.cited and not (ruling.status in ("supported", "derived") and (case.context.runs or case.in_table)):
        return LEFT_OUT
    return ruling


def _spread(case: Case) -> Ruling | None:
    return rule_on_spread(case) if is_spread(case) else None


def _change(case: Case) -> Ruling | None:
    """A difference, a ratio, a percent change, in words that say so."""
    if not speaks_of_change(case.number, _change_words(case)) or _is_an_end(case):
        return None
    plain = not (case.number.percent or case.number.factor or case.in_table or points_after(case.text, case.number.end))
    if plain and case.context.metrics and (case.number.digits > 1 or case.number.whole):
        ruling = value(case)  # "drifts by 0.24"
        if ruling is not None and ruling.status == "supported":
            return ruling
    told = _derive(case)
    if told.formula:
        return computed(told.formula, told.runs)
    if main := _of_the_main_metric(case):
        return main
    only = is_only_a_change(case.number, case.text)
    if not only and (ruling := value(case)) is not None and ruling.status != "misattributed":
        return ruling
    if only and not told.against and (again := read_again(case) or from_print(case)):
        return again
    if told.against or only:
        return Ruling("unsupported", reason=told.against or _why_no_change(case))
    return None


def _is_an_end(case: Case) -> bool:
    """Whether a number is where a change goes from, or to: a value, and no difference."""
    before = case.text[: case.number.start]
    plain = not (case.number.percent or case.number.factor or case.in_table or points_after(case.text, case.number.end))
    return plain and not NOUN.search(case.text) and bool(FROM_VALUE.search(before) or TO_VALUE.search(before))


def _why_no_change(case: Case) -> str:
    if case.context.runs:
        return "no two values of what is named differ by this"
    return "between which two runs is not said, and what all of them have says nothing of it"


def _of_the_main_metric(case: Case) -> Ruling | None:
    """A change of what the tables are about, where the clause names its metric in part only: "the error" of a relative L2 error."""
    context = case.context
    guessed = not context.near or case.names.metrics.only_in_part(context.words)
    if case.in_table or not (guessed and context.main and context.runs) or context.main <= context.metrics:
        return None
    main = case.names.metrics.narrowed(context.main, context.words, context.sentence)
    told = _derive(replace(case, context=replace(context, metrics=main)))
    return computed(told.formula, told.runs) if told.formula else None


def _change_words(case: Case) -> str:
    if case.in_table:
        return case.context.words
    start = max(0, case.number.start - 60)
    noun = NOUN.search(case.text[: case.number.start])
    before = case.text[start : case.number.end]
    plain = not (case.number.percent or case.number.factor)
    if plain and STATES.search(case.text[: case.number.start]):
        before = ""  # what was said to change before is another number
    return " ".join([noun.group() if noun else "", case.context.words, before, case.text[case.number.end :][:40]])


def _derive(case: Case, said: bool = True) -> Derived:
    numbers = [case.number, *case.in_millions(), *case.in_kept_units()]
    told = [derive(each, case.context, case.values, case.names.runs.baseline, case.nearby, said) for each in numbers]
    return next((one for one in told if one.formula), told[0])


def _average(case: Case) -> Ruling | None:
    """The mean of the columns before it."""
    if case.is_mean_of_cells:
        runs = tuple(sorted(case.context.runs))
        return computed("mean of the cells before it", runs)
    if not case.averaged or not case.context.metrics:
        return None
    keys = sorted(case.context.metrics, key=lambda each: each.path)
    for key in keys:
        over = family_mean(key, case.context.runs, case.values)
        if over and _comes_to(case, over.value):
            return computed(over.formula, tuple(sorted(case.context.runs)))
    for key in keys:
        own = [one.value for run, one in case.values.central.get(key, {}).items() if run in case.context.runs]
        if len(own) > 1 and _comes_to(case, sum(own) / len(own)):
            formula = f"mean of {key.name} over {len(own)} runs"
            return computed(formula, tuple(sorted(case.context.runs)))
    over_sets = mean_over_sets(replace(case.number, percent=case.percents), case.context, case.values)
    if over_sets is not None and (not case.context.runs or set(over_sets.runs) <= case.context.runs):
        return computed(over_sets.formula, over_sets.runs)
    for run in sorted(case.context.runs or case.names.runs.all):
        known = [each[run].value for key in keys if run in (each := case.values.central.get(key, {}))]
        if len(known) > 1 and _comes_to(case, sum(known) / len(known)):
            return computed(f"mean of {len(known)} values of {run}", (run,))
    return None


def _comes_to(case: Case, mean: float) -> bool:
    """Whether a number is a mean as it is printed, or in percent where the table speaks of percent, if only of an interval."""
    scales = (1.0, 100.0) if case.percents else (1.0,)
    return any(abs(scale * mean - case.number.value) <= case.number.half * (1 + 1e-6) for scale in scales)


_OVER_RUNS = re.compile(
    r"\b(?:averag\w+|means?)\b(?:[^.;]|\.\d){0,40}\b(?:over|across|of|among)\b|\bon average\b", re.IGNORECASE
)


_LEFT_OUT = re.compile(
    r"\b(?:without|excluding|leaving out|except(?: for)?)\s+(?:the\s+)?([^.,;:()]{3,40}?)\s+(?:runs?|variants?|models?|ones?|it\b|is\b)",
    re.IGNORECASE,
)
"""Whom a mean leaves out."""


def _mean_of_runs(case: Case) -> Ruling | None:
    """`Averaged over A and B it is 74.6`, though one seed of A may have that, too."""
    if case.in_table or case.number.digits < 2 or not _OVER_RUNS.search(case.text):
        return None
    if any(case.fits(one) and one.role != "spread" and not is_one_seed(case, one) for one in case.hits):
        return None
    left_out = _LEFT_OUT.search(case.text[: case.number.start])
    words = left_out[1].split() if left_out else []
    but = case.names.likeness.alike(root_of(word) for word in words) if words else frozenset[str]()
    told = mean(case.number, case.context, case.values, case.names.runs.baseline, but)
    return computed(told.formula, told.runs) if told else None


def _derived_anyway(case: Case) -> Ruling | None:
    """A change that no word announces: in a table, or between brackets."""
    if _is_an_end(case) or not (
        case.number.percent
        or (case.in_table and CHANGED in case.context.words)
        or case.number.shown[:1] in "+-−"
        or case.context.others
        or MEAN.search(case.text)
    ):
        return None
    told = _derive(case, said=False)
    signed = case.number.shown[:1] == "+" and bool(case.context.runs)
    if told.formula and (case.number.digits >= 2 or case.number.percent or signed):
        return computed(told.formula, told.runs)
    return None


Rule = Callable[[Case], "Ruling | None"]
RULES: tuple[Rule, ...] = (
    silent_mark,
    fraction,
    target,
    interval_bound,
    _spread,
    count_of_runs,
    on_sets,
    named_setting,
    silent,
    bound_of_all,
    closed_gap,
    lead,
    within,
    _average,
    _change,
    _mean_of_runs,
    mean_of_so_many,
    value,
    left_over,
    _derived_anyway,
    bound,
    unnamed_setting,
    silent_plan,
    total_time,
    rate_of_latency,
    product_of_settings,
    read_again,
    from_print,
    misattributed,
)
