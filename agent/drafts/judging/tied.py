"""A spread tied to its mean: `0.94 ± 0.01` is no spread of another run or another metric."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.drafts.judging.case import Case
from agent.drafts.judging.spreads import is_spread

_BEHIND = re.compile(
    r"\s*%?\s*(?:±|\+/-|\+-|\bpm)\s*\Z"
    r"|\s*%?\s*\(\s*(?:±|\+/-|std\.?|s\.?d\.?|sem|standard (?:deviation|error)|stdev)?\s*(?:of|=|:)?\s*\Z",
    re.IGNORECASE,
)
"""Between a mean and its spread."""


def in_pairs(cases: Sequence[Case]) -> list[Case]:
    """The numbers of a sentence or a cell in order, each spread tied to the mean right before it."""
    done: list[Case] = []
    for case in cases:
        before = done[-1] if done else None
        behind = before is not None and _BEHIND.match(case.text[before.number.end : case.number.start])
        done.append(_tied(case, before) if before is not None and behind and is_spread(case) else case)
    return done


def _tied(spread: Case, mean: Case) -> Case:
    """The spread, of those runs and metrics alone whose value its mean is; as it was where the mean is none's.

    Behind a mean that is another's it may be of what the headers say, or go with its mean: it is no second fault.
    """
    own = [one for one in mean.hits if mean.fits(one) and one.role != "spread"]
    if not own and mean.in_table and mean.telling and not is_spread(mean):
        others = [one for one in mean.hits if one.role != "spread" and (mean.of_run(one) or mean.of_metric(one))]
        context = spread.context
        metrics = context.metrics and context.metrics.union(one.key for one in others)
        runs = context.runs and context.runs.union(one.run for one in others)
        return replace(spread, context=replace(context, metrics=metrics, runs=runs))
    if not own or is_spread(mean):
        return spread
    metrics, runs = frozenset(one.key for one in own), frozenset(one.run for one in own)
    context = replace(spread.context, metrics=metrics, runs=runs, hand=None)
    percents = spread.percents or mean.number.percent
    return replace(
        spread, context=context, percents=percents, of=tuple(dict.fromkeys((one.run, one.key) for one in own))
    )
