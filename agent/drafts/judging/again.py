"""A second reading, before a number is called wrong: a sentence may mean a run or a metric that its grammar does not say first.

Nothing is absolved whose run and metric are both named beside it.
"""

from __future__ import annotations

from dataclasses import replace

from agent.drafts.judging.case import Case, Ruling, computed
from agent.drafts.judging.change import derive
from agent.drafts.judging.fitting import fits_by_chance
from agent.drafts.judging.movement import is_only_a_change, speaks_of_change
from agent.drafts.judging.repeats import picked_seed
from agent.drafts.judging.shares import is_no_share
from agent.drafts.judging.values import first, not_the_extreme, supported
from agent.drafts.records.pool import Found
from agent.drafts.text.numerals import points_after

_A_FEW = 6
"""Runs or metrics among which a change that fits is hardly one by chance."""


def read_again(case: Case) -> Ruling | None:
    """What comes of another reading that the sentence allows; None where there is none."""
    hand = case.context.hand
    if hand is None:
        return None
    if hand.sure_run and hand.sure_metric and hand.kin <= case.context.metrics and not _of_no_share(case):
        return _against_another(case)
    return _value(case) or _change(case) or _against_another(case)


def _value(case: Case) -> Ruling | None:
    """A measured value of a run and a metric at hand."""
    if is_only_a_change(case.number, case.text) or case.number.factor or case.number.digits < 2:
        return None
    if case.number.suffix == "pp" or points_after(case.text, case.number.end):
        return None
    fitting = [one for one in case.hits if one.role != "spread" and _may_be(case, one)]
    if not fitting or not case.telling:
        return None
    if odd := not_the_extreme(case, fitting):
        return odd
    one = first(case, fitting)
    return picked_seed(case, one) or supported(one)


def _may_be(case: Case, one: Found) -> bool:
    hand, context = case.context.hand, case.context
    assert hand is not None
    no_share = _of_no_share(case)
    run = case.of_run(one) if hand.sure_run else not hand.runs or one.run in hand.runs
    metric = no_share or (
        (case.of_metric(one) or one.key in hand.kin)
        if hand.sure_metric
        else not hand.metrics or one.key in hand.metrics
    )
    return run and metric and (no_share or context.metrics != hand.metrics or context.runs != hand.runs)


def _of_no_share(case: Case) -> bool:
    """`it reaches 47.8% for twice the GPU hours`: a percentage of what is named as times, sizes or counts is of something else."""
    metrics = case.context.metrics
    return case.number.percent and bool(metrics) and all(is_no_share(key, case.values) for key in metrics)


def _change(case: Case) -> Ruling | None:
    """A change between two of the runs at hand, of a metric at hand."""
    hand, context, number = case.context.hand, case.context, case.number
    assert hand is not None
    if not speaks_of_change(number, f"{context.words} {case.text}") or number.digits < 2:
        return None
    metrics = context.metrics if hand.sure_metric else hand.metrics
    runs = context.runs if hand.sure_run else hand.runs
    others = (context.others or hand.runs) - (runs if len(runs) == 1 else frozenset())
    if not metrics or not runs or len(runs | others) > _A_FEW or len({key.kind for key in metrics}) > _A_FEW:
        return None
    for metric in (context.metrics & metrics, metrics):
        wider = replace(context, metrics=metric, runs=runs, others=others)
        told = derive(number, wider, case.values, case.names.runs.baseline, case.nearby) if metric else None
        pairs = min(len(runs | others), len(runs) * len(others - runs) or _A_FEW)
        if told and fits_by_chance(number, pairs * len(metric), _CHANCE):
            continue  # one of so many fits by chance
        if told and told.formula:
            return computed(told.formula, told.runs)
    return None


def _against_another(case: Case) -> Ruling | None:
    """A change of whom its clause names, against whom only the sentence or the one before does: `; Mixup removes 44%`."""
    hand, context, number = case.context.hand, case.context, case.number
    assert hand is not None
    if context.against or not context.runs or hand.clause - context.runs or number.digits < 2:
        return None
    if not speaks_of_change(number, f"{context.words} {case.text[number.end :][:40]}") or not context.metrics:
        return None
    mentioned = frozenset(run for each in case.names.runs.mentions(case.text) for run in each.runs)
    others = (mentioned - context.runs) or context.before
    if not others or len(others | context.runs) > _A_FEW:
        return None
    if fits_by_chance(number, len(others) * len(context.metrics), _CHANCE):
        return None
    wider = replace(context, others=others, targets=others)
    told = derive(number, wider, case.values, case.names.runs.baseline, case.nearby)
    return computed(told.formula, told.runs) if told.formula else None


_CHANCE = 0.3
"""Of how many changes a number may be one by chance."""
