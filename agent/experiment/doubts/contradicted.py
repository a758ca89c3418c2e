"""What a run says of its training, held against the clock, its supervisor's count and the baseline's record.

The record is typed by the code under trial, so nothing is proven by it; but one that contradicts what was measured from
outside, or that no training writes, is refused before it is scored.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence

from agent.results.verdicts.comparable import differences
from agent.session.cost import Cost
from agent.session.run_info import RunInfo, is_number

_CLOCKS_APART_S = 1.0
"""How far two clocks, and what is rounded, may be apart."""
_PART_OF_COMPUTE = 0.2
"""Of the cheapest launch of the baseline: no launch with the same budget does its work in less."""
_LEAST_SAVED_S = 1.0
"""What a launch must have saved against the baseline's for that to say anything."""
_PART_OF_POINTS = 0.5
_LEAST_POINTS = 8
"""A curve of the baseline's with fewer points says nothing of how many there should be."""
_STRAIGHT = 1e-6
"""Relative to the values' size: how far points of a straight line may be from it."""


def contradictions(info: RunInfo, cost: Cost | None, baseline: Sequence[RunInfo], keys: Iterable[str]) -> list[str]:
    """Why the record of a run is not believed, a sentence each; empty where nothing speaks against it.

    `baseline` are the results of its seeds, `keys` the settings that must be shared to be compared (`[comparable]`): a run
    with another budget is held against the clock alone.
    """
    found = list(_against_the_clock(info, cost))
    if baseline and not differences(keys, info, baseline[0]):
        found += _against_the_baseline(info, cost, baseline)
    return found


def _against_the_clock(info: RunInfo, cost: Cost | None) -> Iterator[str]:
    seconds = _number(info.training.get("seconds"))
    if cost is not None and seconds is not None and seconds > cost.wall_s + _CLOCKS_APART_S:
        yield (
            f"the record says that training took {seconds:.1f} s, and the whole launch took {cost.wall_s:.1f} s: "
            "measure it where it happens"
        )


def _against_the_baseline(info: RunInfo, cost: Cost | None, baseline: Sequence[RunInfo]) -> Iterator[str]:
    spent = [each.cpu_s for seed in baseline for each in seed.costs if each.cpu_s is not None and not each.gpu_s]
    if cost is not None and cost.cpu_s is not None and not cost.gpu_s and spent:
        least = min(spent)
        if cost.cpu_s < _PART_OF_COMPUTE * least and least - cost.cpu_s >= _LEAST_SAVED_S:
            yield (
                f"the launch took {cost.cpu_s:.1f} CPU-seconds, and no launch of the baseline less than {least:.1f}: the "
                "budget that its settings name cannot have been worked in that; train in the launch, from its own start"
            )
    mine, theirs = _curve(info), [curve for seed in baseline if (curve := _curve(seed))]
    if not theirs:
        return
    usual = min(map(len, theirs))
    if usual >= _LEAST_POINTS and len(mine) < _PART_OF_POINTS * usual:
        yield (
            f"its loss curve has {len(mine)} points, and the baseline's {usual}: record the loss as it trains, as often "
            "as the baseline does"
        )
    elif (shape := _drawn_with_a_ruler(mine)) and not any(map(_drawn_with_a_ruler, theirs)):
        yield f"the {len(mine)} values of its loss curve {shape}, as no loss does that was measured; record what is measured"


def _curve(info: RunInfo) -> list[float]:
    """The loss as it was recorded while training; empty where there is none."""
    curve = info.training.get("curve")
    values = curve.get("loss") if isinstance(curve, dict) else None
    if not isinstance(values, list):
        return []
    return [value for each in values if (value := _number(each)) is not None]


def _drawn_with_a_ruler(values: Sequence[float]) -> str:
    """What shape the values have that no measured loss has; empty where they have none."""
    if len(values) < _LEAST_POINTS:
        return ""
    if max(values) == min(values):
        return "are all the same"
    if _steps_are_equal(values, lambda value: value):
        return "lie on a straight line"
    if min(values) > 0 and _steps_are_equal(values, math.log):
        return "fall by the same factor each time"
    return ""


def _steps_are_equal(values: Sequence[float], scale: Callable[[float], float]) -> bool:
    scaled = [scale(value) for value in values]
    apart = [after - before for before, after in itertools.pairwise(scaled)]
    steps = apart[:-1]  # the last may be an odd one
    size = max(map(abs, scaled)) or 1.0
    return len(steps) > 2 and max(steps) - min(steps) <= _STRAIGHT * size and abs(steps[0]) > _STRAIGHT * size


def _number(value: object) -> float | None:
    return float(value) if is_number(value) else None
