"""What runs measured, and what that says against the baseline. Everything here is computed, never told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.errors import SessionError
from agent.results.values import Value, values_of
from agent.results.verdict import Verdict, half_width, judge, noise_between
from agent.session.contract import Metric
from agent.session.events import RunAccepted
from agent.session.steps import RunName

UNKNOWN = Metric(direction=None, description="")
"""What is known of a metric that a run measured and no template declares."""


@dataclass(frozen=True)
class RunResult:
    """One accepted run; `run_0` is the baseline. `differences` are why it cannot be compared with that."""

    name: RunName
    title: str
    values: Mapping[str, Value]
    config: Mapping[str, Any]
    training: Mapping[str, Any]
    differences: tuple[str, ...] = ()

    @property
    def index(self) -> int:
        """The run's number, 0 for the baseline."""
        return self.name.number

    @property
    def is_baseline(self) -> bool:
        return self.name.is_baseline


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
        """Half-width of the noise between the baseline and a run (`half_width`); None where it is not known."""
        value = self.baseline.values.get(metric)
        return None if value is None else half_width(value.spread, value.n)

    def noise_between(self, first: RunResult, second: RunResult, metric: str) -> float | None:
        """The same between any two runs; a run counts as one seed, the baseline as all of its own."""
        value = self.baseline.values.get(metric)
        if value is None:
            return None
        seeds = [value.n if run.is_baseline else 1 for run in (first, second)]
        return noise_between(value.spread, value.n, *seeds)

    def verdict(self, run: RunResult, metric: str) -> Verdict:
        """How the run stands to the baseline, by the metric's own direction."""
        mine, base = run.values.get(metric), self.baseline.values.get(metric)
        return judge(mine, base, self.noise(metric), self.metrics[metric], not run.differences)

    @property
    def best(self) -> RunResult:
        """The comparable run with the best primary metric; the baseline counts too, and wins a tie."""
        return self.best_by(self.primary)

    def best_by(self, metric: str) -> RunResult:
        """The comparable run with the best `metric`; the baseline counts too, and wins a tie.

        It is the baseline where nothing was measured, or where the direction is not known.
        """
        direction = self.metrics[metric].direction if metric in self.metrics else None
        fair = [run for run in self.runs if not run.differences and self._measured(run, metric)]
        if direction is None or not fair:
            return self.baseline
        sign = 1 if direction == "higher" else -1
        return max(fair, key=lambda run: (sign * run.values[metric].mean, run.is_baseline))

    def group(self, word: str, metric: str = "") -> list[RunResult]:
        """Runs after the baseline: all `runs`, those that are (not_)comparable, or better, worse, within on `metric`."""
        runs = self.runs[1:]
        if word == "runs":
            return list(runs)
        if word in ("comparable", "not_comparable"):
            return [run for run in runs if bool(run.differences) == (word == "not_comparable")]
        wanted = "within noise" if word == "within" else word
        return [run for run in runs if self.verdict(run, metric).word == wanted]

    @staticmethod
    def _measured(run: RunResult, metric: str) -> bool:
        return metric in run.values and run.values[metric].is_finite


def run_result(event: RunAccepted) -> RunResult:
    """The journal's record of a run as a result. Raises SessionError where it cannot be read."""
    try:
        if not event.results:
            raise ValueError("neither it nor its attempt holds any")
        values = values_of(event.results)
    except ValueError as error:
        raise SessionError(f"{event.run}: its recorded results cannot be read: {error}") from error
    return RunResult(
        name=event.run,
        title=event.title,
        values=values,
        config=event.results.config,
        training=event.results.training,
        differences=tuple(event.comparable),
    )


def collect(metrics: Mapping[str, Metric], primary: str, events: Iterable[RunAccepted]) -> Results:
    """All accepted runs in order of their number; an optional metric that none of them has is left out.

    Raises SessionError where the results of a run cannot be read.
    """
    runs = sorted((run_result(event) for event in events), key=lambda run: run.index)
    return Results(_measured_ones(metrics, runs), primary, tuple(runs))


@dataclass(frozen=True)
class Readable:
    """What could be read: None where there is no baseline among it; and a line for each run that could not."""

    results: Results | None
    problems: tuple[str, ...] = ()


def collect_readable(metrics: Mapping[str, Metric], primary: str, events: Iterable[RunAccepted]) -> Readable:
    """As `collect`, for looking at a session: what cannot be read is told, and the rest stands.

    A metric that a run measured and `metrics` does not hold is shown too, its direction unknown. `primary` may be
    empty or no metric at all: then the first one stands in.
    """
    runs, problems = [], []
    for event in events:
        try:
            runs.append(run_result(event))
        except SessionError:
            problems.append(f"{event.run}: its recorded results cannot be read; it is left out of tables and charts")
    runs.sort(key=lambda run: run.index)
    if not runs or not runs[0].is_baseline:
        return Readable(None, tuple(problems))
    known = _measured_ones(metrics, runs)
    shown = known | {name: UNKNOWN for run in runs for name in run.values if name not in known}
    return Readable(
        Results(shown, primary if primary in shown else next(iter(shown), ""), tuple(runs)), tuple(problems)
    )


def _measured_ones(metrics: Mapping[str, Metric], runs: Iterable[RunResult]) -> dict[str, Metric]:
    measured = {name for run in runs for name in run.values}
    return {name: metric for name, metric in metrics.items() if not metric.optional or name in measured}
