"""What training recorded on its way, thinned, beside the baseline's: for whoever asks whether both were trained alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.results.final_info import is_finite
from agent.results.results import RunResult

POINTS = 20
"""Points of a curve that are shown."""


def thinned(values: Sequence[float], points: int = POINTS) -> list[float]:
    """At most so many of the values, evenly spaced by place, the first and the last among them."""
    if len(values) <= points:
        return list(values)
    return [values[round(place * (len(values) - 1) / (points - 1))] for place in range(points)]


def curves_of(training: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, list[float]]]:
    """(name, values) of each list of numbers, nested ones with dots; a list that holds anything else is none."""
    for name, value in training.items():
        if isinstance(value, Mapping):
            yield from curves_of(value, f"{prefix}{name}.")
        elif isinstance(value, (list, tuple)) and len(value) > 1 and all(map(is_finite, value)):
            yield f"{prefix}{name}", [float(number) for number in value]


def curves_beside(run: RunResult, baseline: RunResult) -> list[str]:
    """A line a curve and side: `curve.loss, run_3 (21 points): 1.2 0.9 …`; what one side lacks is said."""
    mine, theirs = dict(curves_of(run.training)), dict(curves_of(baseline.training))
    return [
        _line(name, side, curves.get(name))
        for name in dict.fromkeys([*theirs, *mine])
        for side, curves in (("baseline", theirs), (run.name, mine))
    ]


def totals_beside(run: RunResult, baseline: RunResult) -> list[str]:
    """A line a single number of the training record: `tokens: baseline 819200, run_3 819200`; what one side lacks is said."""
    mine, theirs = dict(_numbers(run.training)), dict(_numbers(baseline.training))
    return [
        f"{name}: baseline {_said(theirs.get(name))}, {run.name} {_said(mine.get(name))}"
        for name in dict.fromkeys([*theirs, *mine])
    ]


def _numbers(training: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for name, value in training.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, f"{prefix}{name}.")
        elif is_finite(value):
            yield f"{prefix}{name}", value


def _line(name: str, side: str, values: Sequence[float] | None) -> str:
    if values is None:
        return f"{name}, {side}: not recorded"
    return f"{name}, {side} ({len(values)} points): {' '.join(f'{value:.4g}' for value in thinned(values))}"


def _said(value: float | None) -> str:
    if value is None:
        return "not recorded"
    return str(value) if isinstance(value, int) else f"{value:.6g}"
