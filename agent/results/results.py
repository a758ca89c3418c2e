"""What runs measured, and what that says against the baseline. Everything here is computed, never told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from agent.session.events import RunAccepted
from agent.session.template import Metric

Word = Literal["better", "worse", "within noise", "noise unknown", "not measured"]

# Two-sided 97.5% points of Student's t by degrees of freedom 1 … 30; beyond that the normal's 1.96 is close.
_T = (
    12.706,
    4.303,
    3.182,
    2.776,
    2.571,
    2.447,
    2.365,
    2.306,
    2.262,
    2.228,
    2.201,
    2.179,
    2.160,
    2.145,
    2.131,
    2.120,
    2.110,
    2.101,
    2.093,
    2.086,
    2.080,
    2.074,
    2.069,
    2.064,
    2.060,
    2.056,
    2.052,
    2.048,
    2.045,
    2.042,
)


def half_width(spread: float | None, n: int) -> float | None:
    """Half-width of the interval in which one more seed of the baseline would fall 19 times of 20.

    t(n-1) · s · sqrt(1 + 1/n), s being the standard deviation `spread` over `n` seeds; None where n < 2. Verdicts and
    the band that figures draw (`noise` in run_0/final_info.json) both come from here.
    """
    if spread is None or n < 2:
        return None
    t = _T[n - 2] if n - 2 < len(_T) else 1.96
    return t * spread * math.sqrt(1 + 1 / n)


@dataclass(frozen=True)
class Value:
    """A measured metric: mean of `n` repeats, their standard deviation (None where n = 1)."""

    mean: float
    spread: float | None = None
    n: int = 1


@dataclass(frozen=True)
class Verdict:
    """A run's metric against the baseline. `noise` is the half-width of the baseline's 95% prediction interval."""

    word: Word
    delta: float | None
    noise: float | None


@dataclass(frozen=True)
class RunResult:
    """One accepted run; `run_0` is the baseline."""

    name: str
    title: str
    values: Mapping[str, Value]
    config: Mapping[str, Any]
    training: Mapping[str, Any]
    differences: tuple[str, ...] = ()

    @property
    def index(self) -> int:
        return int(self.name.removeprefix("run_"))


@dataclass(frozen=True)
class Results:
    """The baseline and every accepted run, with the metrics in the template's order."""

    metrics: Mapping[str, Metric]
    primary: str
    runs: tuple[RunResult, ...]

    @property
    def baseline(self) -> RunResult:
        return self.runs[0]

    def get(self, name: str) -> RunResult | None:
        """The run called `run_3`, or None."""
        return next((run for run in self.runs if run.name == name), None)

    def noise(self, metric: str) -> float | None:
        """`half_width` of the baseline's seeds; None where the noise is not known."""
        value = self.baseline.values.get(metric)
        return None if value is None else half_width(value.spread, value.n)

    def verdict(self, run: RunResult, metric: str) -> Verdict:
        """Better, worse or within noise, by the metric's own direction."""
        mine, base = run.values.get(metric), self.baseline.values.get(metric)
        if mine is None or base is None:
            return Verdict("not measured", None, None)
        delta, noise = mine.mean - base.mean, self.noise(metric)
        if noise is None:
            return Verdict("noise unknown", delta, None)
        floor = 1e-9 * max(abs(base.mean), abs(mine.mean))  # a metric without any noise still rounds
        if abs(delta) <= max(noise, floor):
            return Verdict("within noise", delta, noise)
        improved = (delta > 0) == (self.metrics[metric].direction == "higher")
        return Verdict("better" if improved else "worse", delta, noise)

    @property
    def best(self) -> RunResult:
        """The comparable run with the best primary metric; the baseline counts too."""
        sign = 1 if self.metrics[self.primary].direction == "higher" else -1
        fair = [run for run in self.runs if not run.differences and self.primary in run.values]
        return max(fair, key=lambda run: sign * run.values[self.primary].mean, default=self.baseline)


def run_result(event: RunAccepted) -> RunResult:
    """The journal's record of a run as a result."""
    info = event.results
    values = {
        name: Value(float(entry["mean"]), entry.get("spread"), int(entry.get("n", 1)))
        for name, entry in info.get("metrics", {}).items()
    }
    return RunResult(
        event.run, event.title, values, info.get("config", {}), info.get("training", {}), tuple(event.comparable)
    )


def collect(metrics: Mapping[str, Metric], primary: str, events: Iterable[RunAccepted]) -> Results:
    """All accepted runs in order of their index; an optional metric that none of them has is left out."""
    runs = sorted((run_result(event) for event in events), key=lambda run: run.index)
    kept = {
        name: metric
        for name, metric in metrics.items()
        if not metric.optional or any(name in run.values for run in runs)
    }
    return Results(kept, primary, tuple(runs))
