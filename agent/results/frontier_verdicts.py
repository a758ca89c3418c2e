"""A run's frontier held against the baseline's at the same places, and the baseline's seeds as one frontier."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from agent.results.frontier import KEY, Frontier, frontier_of
from agent.results.student import CONFIDENCE
from agent.results.values import Value
from agent.results.verdict import Verdict, half_width, judge
from agent.session.contract import Metric
from agent.session.run_info import Measurement


def merged_details(seeds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The frontier of several seeds for the details: each point's place and values as means, with their spread; empty where the seeds
    have none, or not as many points each."""
    frontiers = [frontier_of(details) for details in seeds]
    known = [each for each in frontiers if each is not None]
    if not known or len(known) < len(frontiers) or len({len(each.points) for each in known}) > 1:
        return {}
    points = []
    for same in zip(*(each.points for each in known), strict=True):
        names = [name for name in same[0].values if all(name in point.values for point in same)]
        values = {name: _over([point.values[name].mean for point in same]) for name in names}
        points.append({"at": _mean([point.at for point in same]), "metrics": values})
    return {KEY: {**seeds[0][KEY], "points": points}}


def verdicts(
    mine: Frontier, theirs: Frontier, name: str, metric: Metric, confidence: float = CONFIDENCE, exact: bool = False
) -> list[Verdict | None]:
    """How each point of one frontier stands to another's, which is the baseline's with its spread, at the same place.

    None where that has no such place; `exact`: nothing is drawn at random. `confidence` is that of all looks; it is shared among the points (Bonferroni), so that
    being better at one of many is no more often luck than one comparison.
    """
    shared = 1 - (1 - confidence) / len(mine.points)
    found: list[Verdict | None] = []
    for point in mine.points:
        base = theirs.value_at(point.at, name) if name in theirs.metrics else None
        if base is None or name not in point.values:
            found.append(None)
            continue
        noise = None if base.all_same else half_width(base.spread, base.n, shared)
        found.append(judge(point.values[name], base, noise, metric, alike=True, exact=exact))
    return found


def _over(values: Sequence[float]) -> dict[str, Any]:
    mean = _mean(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1)) if len(values) > 1 else None
    value = Value(mean, spread, len(values))
    noise = None if value.all_same else half_width(spread, value.n)
    return Measurement(mean, spread, value.n, noise).written(with_noise=True)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
