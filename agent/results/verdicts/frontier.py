"""A sweep's frontier: what a run scored at each of its points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent.results.values import Value
from agent.session.run_info import Measurement

KEY = "frontier"
"""Where an evaluator leaves it, among the details of its scores."""
NEAR = 0.02
"""How far beyond the ends of the baseline's frontier, as a part of that place, a point is still at its end."""


@dataclass(frozen=True)
class Point:
    """What was measured at one place."""

    at: float
    values: Mapping[str, Value]


@dataclass(frozen=True)
class Frontier:
    """The points of a sweep, from the lowest place to the highest."""

    over: str
    """The metric whose value the places are."""
    one: str
    """What a point is called, and several."""
    several: str
    points: tuple[Point, ...]

    @property
    def metrics(self) -> tuple[str, ...]:
        """Those that every point has, in the order of the first."""
        return tuple(name for name in self.points[0].values if all(name in point.values for point in self.points))

    def value_at(self, place: float, metric: str) -> Value | None:
        """The metric between two points, linear in the logarithm of the place; None beyond the ends.

        The spread is interpolated as the mean is: of two measurements it is at most that.
        """
        points, first, last = self.points, self.points[0].at, self.points[-1].at
        if not first * (1 - NEAR) <= place <= last * (1 + NEAR):
            return None
        place = min(max(place, first), last)
        for low, high in itertools.pairwise(points):
            if place <= high.at:
                part = 0.0 if high.at == low.at else math.log(place / low.at) / math.log(high.at / low.at)
                return _between(low.values[metric], high.values[metric], part)
        return points[-1].values[metric]


def frontier_of(details: Mapping[str, Any]) -> Frontier | None:
    """What a result's details hold; None where there is none, or none that can be read: two points or more, each at a place above 0."""
    points = points_as_left(details)
    if points is None:
        return None
    words = [str(details[KEY].get(name, "")) for name in ("over", "one", "several")]
    by_place = sorted(points, key=lambda point: point.at)
    return Frontier(words[0], words[1] or "point", words[2] or "points", tuple(by_place))


def points_as_left(details: Mapping[str, Any]) -> list[Point] | None:
    """The points in the order in which the evaluator left them: the same settings in the same order with every seed, wherever they came to
    lie. None as for `frontier_of`."""
    found = details.get(KEY)
    if not isinstance(found, Mapping) or not isinstance(found.get("points"), list):
        return None
    try:
        points = [_point(each) for each in found["points"]]
    except (ValueError, TypeError, KeyError):
        return None
    return points if len(points) >= 2 and min(point.at for point in points) > 0 else None


def _point(each: Mapping[str, Any]) -> Point:
    """Raises ValueError, TypeError or KeyError for anything else."""
    values = {}
    for name, entry in each["metrics"].items():
        read = Measurement.read(entry) if isinstance(entry, Mapping) else Measurement(float(entry))
        values[name] = Value(read.mean, read.spread, read.n)
    if not all(value.is_finite for value in values.values()) or not math.isfinite(float(each["at"])):
        raise ValueError("a point that is no number")
    return Point(float(each["at"]), values)


def _between(low: Value, high: Value, part: float) -> Value:
    spread = None if low.spread is None or high.spread is None else low.spread + part * (high.spread - low.spread)
    return Value(low.mean + part * (high.mean - low.mean), spread, min(low.n, high.n))
