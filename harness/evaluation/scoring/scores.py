"""What an eval found: metrics with their spread over repeats, and details that figures are drawn from."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Value:
    """A metric: its mean over n repeats of the evaluation, and their standard deviation (None where n is 1)."""

    mean: float
    spread: float | None
    n: int


@dataclass(frozen=True)
class Found:
    """The metrics by name, and everything else that one eval has to say (`details`)."""

    metrics: dict[str, Value]
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of one eval: what it found, or why it found nothing."""

    name: str
    seconds: float
    found: Found | None = None
    error: Exception | None = None


@dataclass(frozen=True)
class Scores:
    """What the evaluator writes: `metrics` by name, and `details` (what figures are drawn from, seconds, sizes)."""

    metrics: dict[str, Value]
    details: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The evaluator's file, format 1."""
        return {
            "format": 1,
            "metrics": {name: asdict(value) for name, value in self.metrics.items()},
            "details": self.details,
        }


def over_repeats(repeats: Sequence[Mapping[str, float]]) -> dict[str, Value]:
    """Mean and sample standard deviation of each metric over repeats that report the same metrics."""
    found = {}
    for name in repeats[0]:
        values = [scores[name] for scores in repeats]
        spread = statistics.stdev(values) if len(values) > 1 else None
        found[name] = Value(statistics.fmean(values), spread, len(values))
    return found
