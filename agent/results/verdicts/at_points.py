"""A run's frontier held against the baseline's at the same places, and several seeds as one frontier."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from agent.results.values import Value
from agent.results.verdicts.frontier import KEY, Frontier, points_as_left
from agent.results.verdicts.student import CONFIDENCE, bonferroni
from agent.results.verdicts.verdict import Verdict, half_width, judge, noise_between
from agent.results.verdicts.welch import interval
from agent.session.run_info import Measurement, RunInfo
from agent.session.template.contract import Metric


def over_its_seeds(whole: RunInfo, seeds: Sequence[Mapping[str, Any]], with_noise: bool = False) -> RunInfo:
    """A result over several seeds, their details given, with the frontier of all of them in place of its first seed's.

    It has none where they have none together: one seed's is nobody else's. `with_noise`: of the baseline, by which runs are judged.
    """
    merged = merged_details(seeds, with_noise)
    return whole.detailed(merged or {KEY: None}) if merged or KEY in whole.details else whole


def merged_details(seeds: Sequence[Mapping[str, Any]], with_noise: bool = True) -> dict[str, Any]:
    """The frontier of several seeds for the details: each point's place and values as means, with their spread; empty where the seeds
    have none, or not as many points each."""
    left = [points_as_left(details) for details in seeds]
    known = [each for each in left if each is not None]
    if not known or len(known) < len(left) or len({len(each) for each in known}) > 1:
        return {}
    points = []
    for same in zip(
        *known, strict=True
    ):  # by their order, not by their places: two of them may change sides from seed to seed
        names = [name for name in same[0].values if all(name in point.values for point in same)]
        values = {name: _over([point.values[name].mean for point in same], with_noise) for name in names}
        points.append({"at": _mean([point.at for point in same]), "metrics": values})
    return {KEY: {**seeds[0][KEY], "points": points}}


def verdicts(
    mine: Frontier,
    theirs: Frontier,
    name: str,
    metric: Metric,
    confidence: float = CONFIDENCE,
    exact: bool = False,
    launches: int = 1,
) -> list[Verdict | None]:
    """How each point of one frontier stands to another's, which is the baseline's with its spread, at the same place.

    None where that has no such place; `exact`: nothing is drawn at random, and the seeds bear it out. `launches`: over how many `mine` is;
    where both are over several, the noise is the half-width of Welch's interval. `confidence` is that of all looks; it is shared among the
    points (Bonferroni), so that being better at one of many is no more often luck than one comparison.
    """
    shared = bonferroni(len(mine.points), confidence)
    found: list[Verdict | None] = []
    for point in mine.points:
        base = theirs.value_at(point.at, name) if name in theirs.metrics else None
        if base is None or name not in point.values:
            found.append(None)
            continue
        noise = _noise(point.values[name], launches, base, shared)
        exactly = exact and (base.n < 2 or base.all_same)
        found.append(judge(point.values[name], base, noise, metric, alike=True, exact=exactly))
    return found


def _noise(mine: Value, launches: int, base: Value, confidence: float) -> float | None:
    """As between any run and the baseline; None where it is not known."""
    if base.all_same:
        return None
    if launches > 1 and base.n > 1 and base.spread is not None:
        between = interval(0.0, (mine.spread or 0.0, launches), (base.spread, base.n), confidence)
        return between.half_width
    return noise_between(base.spread, base.n, launches, base.n, confidence)


def _over(values: Sequence[float], with_noise: bool) -> dict[str, Any]:
    mean = _mean(values)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1)) if len(values) > 1 else None
    value = Value(mean, spread, len(values))
    noise = None if value.all_same else half_width(spread, value.n)
    return Measurement(mean, spread, value.n, noise).written(with_noise)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
