"""Numbers that are not what they are given as: the value of another run or metric, or of none."""

from __future__ import annotations

from agent.drafts.judging.case import Case, Ruling
from agent.drafts.judging.settings import told
from agent.drafts.naming.context import Context
from agent.drafts.records.pool import Found
from agent.drafts.text.numerals import points_after


def misattributed(case: Case) -> Ruling | None:
    """The value exists, and is of another run or metric."""
    hits = [one for one in case.hits if one.role != "spread"]
    context = case.context
    if context.hand and not context.hand.sure_run and not context.hand.sure_metric:
        return None  # whose and of what it is, is a guess
    if not case.in_table and (case.number.suffix in ("pp", "pts") or points_after(case.text, case.number.end)):
        return None  # a change, and no value
    same_metric = [one for one in hits if context.metrics and case.of_metric(one)]
    if same_metric and context.runs:
        return _another(case, same_metric, f"not of {_list(context)}")
    related = [one for one in hits if case.names.metrics.related(one.key, context.words)]
    if related and context.runs and case.telling and case.names.metrics.only_in_part(context.words):
        return _another(case, related, f"not of {_list(context)}")
    same_run = [one for one in hits if context.runs and case.of_run(one)] if case.telling else []
    if same_run and context.metrics:
        return _another(case, same_run, f"not its {_metrics(context)}")
    if hits and context.metrics and case.telling and case.chance < 1:
        return _another(case, hits, f"no value of {_metrics(context)}")
    if hits and context.runs and not context.metrics and case.telling:
        return _another(case, hits, f"not of {_list(context)}")
    return None


def _another(case: Case, hits: list[Found], instead: str) -> Ruling:
    one = min(hits, key=lambda each: (bool(each.formula), "[" in each.shown))
    return Ruling(
        "misattributed", told(one), f"{case.number.shown} is {one.key.name} of {one.run}, {instead}", (one.run,)
    )


def _list(context: Context) -> str:
    runs = sorted(context.runs)
    return ", ".join(runs[:4]) + (" …" if len(runs) > 4 else "")


def _metrics(context: Context) -> str:
    names = sorted(key.name for key in context.metrics)
    return ", ".join(names[:2]) + (" …" if len(names) > 2 else "")


def not_found(case: Case) -> Ruling:
    context = case.context
    told = [
        one
        for key in sorted(context.metrics, key=lambda each: each.path)[:3]
        for run, one in sorted(case.values.central.get(key, {}).items())
        if not context.runs or run in context.runs
    ]
    if told and len(told) <= 6:
        known = "; ".join(f"{one.key.name} of {one.run} is {one.value:.6g}" for one in told[:3])
        return Ruling("unsupported", reason=f"no value rounds to this: {known}")
    if not context.metrics:
        return Ruling("unsupported", reason="the sentence names no metric or setting of the folder that has this value")
    return Ruling("unsupported", reason=f"no run's {_metrics(context)} has this value, nor a change between two")
