"""What runs measured, and what that says against the baseline. Everything here is computed, never told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent.results.compute import Compute, Ratio, ratio_of
from agent.results.confirmation import Confirmation
from agent.results.controls import ControlResult
from agent.results.values import Value
from agent.results.verdicts.frontier import Frontier
from agent.results.verdicts.looks import Looks
from agent.results.verdicts.matched import Left, left_by
from agent.results.verdicts.student import CONFIDENCE
from agent.results.verdicts.verdict import (
    Verdict,
    digits_for,
    gain,
    half_width,
    improves,
    is_shown_as_zero,
    judge,
    noise_between,
)
from agent.results.verdicts.welch import interval
from agent.session.steps import RunName
from agent.session.template.contract import Metric


@dataclass(frozen=True)
class RunResult:
    """One accepted run; `run_0` is the baseline. `differences` are why it cannot be compared with that.

    `deterministic`: the template says of its baseline that nothing in it is drawn at random.
    """

    name: RunName
    title: str
    values: Mapping[str, Value]
    config: Mapping[str, Any]
    training: Mapping[str, Any]
    differences: tuple[str, ...] = ()
    deterministic: bool = False
    seeds: tuple[int, ...] = ()
    """Those on which the tool launched it, where they are several; empty for one, and for the baseline."""
    told_zero: frozenset[str] = frozenset()
    """Metrics whose noise an earlier version told as 0, since all seeds gave the same: its texts say so."""
    compute: Compute = field(default_factory=Compute)
    """What its launches cost."""
    drawn: Mapping[str, Any] = field(default_factory=dict)
    """What it was handed to train on, where a process of the template's hands that out."""
    parent: RunName | None = None
    """The run from whose code it began; None for the baseline."""
    frontier: Frontier | None = None
    """What it scored at each point of a sweep; None where it is none."""
    undefined: Mapping[str, str] = field(default_factory=dict)
    """By metric that it lacks, or eval that failed for it: why, as the evaluator says."""

    @property
    def index(self) -> int:
        """The run's number, 0 for the baseline."""
        return self.name.number

    @property
    def is_baseline(self) -> bool:
        return self.name.is_baseline

    def launches(self, metric: str) -> int:
        """Over how many launches its value of this metric is: what an evaluator repeats within one is no further launch."""
        if metric not in self.values:
            return 1
        return self.values[metric].n if self.is_baseline else max(1, len(self.seeds))


@dataclass(frozen=True)
class Results:
    """The baseline and every accepted run, with the metrics in the template's order."""

    metrics: Mapping[str, Metric]
    primary: str
    runs: tuple[RunResult, ...]
    controls: tuple[ControlResult, ...] = ()
    named: tuple[str, ...] = ()
    """The metrics that the idea names; empty where it leaves all to the template."""
    confirmation: Confirmation | None = None
    """What fresh seeds said of the candidate; None before the session came to that, and in older ones."""
    dropped: tuple[str, ...] = ()
    """Runs that a person took out of what counts, in words: they stand in no table, and were looked at all the same."""

    prior_art: frozenset[RunName] = frozenset()
    """Runs that the plan, or their title, says are others' method, made to compare with."""
    elsewhere: int = 0
    """Runs of other sessions that were looked at as well: those of the same campaign, template and primary metric."""

    @property
    def baseline(self) -> RunResult:
        return self.runs[0]

    def get(self, name: str) -> RunResult | None:
        """The run called `run_3`, or None."""
        return next((run for run in self.runs if run.name == name), None)

    def noise(self, metric: str) -> float | None:
        """Half-width of the noise between the baseline and a run (`half_width`); None where it is not known, 0 where
        differences are exact."""
        value = self.baseline.values.get(metric)
        if value is None:
            return None
        if self.is_exact(metric) or metric in self.baseline.told_zero:
            return 0.0
        return None if value.all_same else half_width(value.spread, value.n)

    @property
    def looks(self) -> Looks:
        """How often the session looked for a difference so far."""
        named = tuple(name for name in dict.fromkeys((self.primary, *self.named)) if name in self.metrics)
        return Looks(len(self.runs) - 1 + len(self.dropped) + self.elsewhere, named, len(self.metrics))

    def band(self, metric: str, run: RunResult | None = None) -> float | None:
        """As `noise`, for all looks made: what a difference must exceed to be one though so many were looked at.

        Of this run, which may have several seeds; of any with one seed where none is given.
        """
        value, noise = self.baseline.values.get(metric), self.noise(metric)
        if run is not None:
            return self._band_between(run, self.baseline, metric)
        return half_width(value.spread, value.n, self.looks.confidence(metric)) if value and noise else noise

    def is_exact(self, metric: str) -> bool:
        """Whether a difference on this metric needs no noise: the template is deterministic, and its seeds bear it out."""
        value = self.baseline.values.get(metric)
        return value is not None and self.baseline.deterministic and (value.n < 2 or value.all_same)

    def all_same(self, metric: str) -> bool:
        """Whether the noise is not known because all seeds of the baseline gave the same."""
        value = self.baseline.values.get(metric)
        return value is not None and value.all_same and not self.is_exact(metric)

    def noise_between(
        self, first: RunResult, second: RunResult, metric: str, confidence: float = CONFIDENCE
    ) -> float | None:
        """The same between any two runs: from both samples where each has several seeds, else by the baseline's spread."""
        value = self.baseline.values.get(metric)
        if value is None or value.all_same or self.is_exact(metric):
            return self.noise(metric)
        one, other = (run.launches(metric) for run in (first, second))
        if first is not second and one > 1 and other > 1:
            found = _between_samples(first.values[metric], second.values[metric], confidence)
            if found is not None:
                return found
        return noise_between(value.spread, value.n, one, other, confidence)

    def verdict(self, run: RunResult, metric: str) -> Verdict:
        """How the run stands to the baseline, by the metric's own direction, looks counted."""
        mine, base = run.values.get(metric), self.baseline.values.get(metric)
        exact, band = self.is_exact(metric), self._band_between(run, self.baseline, metric)
        noise = self.noise(metric) if run.is_baseline else self.noise_between(run, self.baseline, metric)
        return judge(mine, base, noise, self.metrics[metric], not run.differences, exact, band)

    def comparison(self, first: RunResult, second: RunResult, metric: str) -> Verdict:
        """How any two runs stand to each other, looks counted as for the baseline."""
        mine, theirs = first.values.get(metric), second.values.get(metric)
        noise, band = self.noise_between(first, second, metric), self._band_between(first, second, metric)
        alike = not first.differences and not second.differences
        return judge(mine, theirs, noise, self.metrics[metric], alike, self.is_exact(metric), band)

    def _band_between(self, first: RunResult, second: RunResult, metric: str) -> float | None:
        return self.noise_between(first, second, metric, self.looks.confidence(metric))

    def ratio(self, run: RunResult, other: RunResult | None = None) -> Ratio | None:
        """How the run's compute stands to another's, the baseline's where none is named; None where that is not known."""
        against = other or self.baseline
        return None if run is against else ratio_of(run.compute, against.compute, self.baseline.compute.factor)

    def left(self, run: RunResult, other: RunResult | None = None) -> tuple[Left, ...]:
        """The metrics that comparisons are made at and by which the run is not where another is, the baseline where None.

        Of what is not comparable anyway nothing is told.
        """
        against = other or self.baseline
        if run is against or run.differences or against.differences:
            return ()
        return left_by(self.metrics, run.values, against.values, lambda name: self.noise_between(run, against, name))

    def control(self, name: str) -> ControlResult | None:
        """The control of this name, or None."""
        return next((control for control in self.controls if control.name == name), None)

    def control_verdict(self, control: ControlResult, metric: str) -> Verdict:
        """How a control stands to the baseline; one run of one seed, as a run is."""
        mine, base = control.values.get(metric), self.baseline.values.get(metric)
        return judge(mine, base, self.noise(metric), self.metrics[metric], True, self.is_exact(metric))

    def unbeaten(self, metric: str) -> ControlResult | None:
        """The best control that the baseline is not better than beyond noise; None where it is better than all of them.

        A metric that has one says nothing of what was learnt: it is never the primary one, and carries no claim alone.
        None as well where no control, or not the baseline, measured it. Where the noise is not known, no run is judged anyway:
        then one that is no better than the baseline by its mean is not named.
        """
        kind = self.metrics[metric]
        rivals = [one for one in self.controls if self._rivals(self.control_verdict(one, metric), kind)]
        return max(rivals, key=lambda one: gain(one.values[metric].mean, kind), default=None)

    def digits(self, metric: str) -> int:
        """Decimals of the noise: the metric's, or more where a run's difference would look the same (`digits_for`)."""
        return max(digits_for(self.verdict(run, metric), self.metrics[metric]) for run in self.runs)

    @property
    def best(self) -> RunResult:
        """The comparable run with the best primary metric; the baseline counts too, and wins a tie.

        It is the baseline where the primary metric does not tell that from a control.
        """
        known = self.primary in self.metrics and self.unbeaten(self.primary) is None
        return self.best_by(self.primary) if known else self.baseline

    def best_by(self, metric: str, leave_out: Collection[RunName] = ()) -> RunResult:
        """The comparable run with the best `metric`; the baseline counts too, and wins a tie at the digits shown.

        It is the baseline where nothing was measured, or where the direction is not known. `leave_out`: as if they were not.
        """
        kind = self.metrics.get(metric)
        able = (run for run in self.runs if run.name not in leave_out)
        fair = [run for run in able if not run.differences and self._measured(run, metric)]
        if kind is None or kind.direction is None or not fair:
            return self.baseline
        best = max(fair, key=lambda run: (gain(run.values[metric].mean, kind), run.is_baseline))
        base = self.baseline.values.get(metric)
        tied = base is not None and is_shown_as_zero(best.values[metric].mean - base.mean, kind)
        return self.baseline if tied else best

    def group(self, word: str, metric: str = "") -> list[RunResult]:
        """Runs after the baseline: all `runs`, those that are (not_)comparable, or better, worse, within on `metric`."""
        runs = self.runs[1:]
        if word == "runs":
            return list(runs)
        if word in ("comparable", "not_comparable"):
            return [run for run in runs if bool(run.differences) == (word == "not_comparable")]
        wanted = ("within noise", "equal") if word == "within" else (word,)
        return [run for run in runs if self.verdict(run, metric).word in wanted]

    @staticmethod
    def _rivals(verdict: Verdict, kind: Metric) -> bool:
        """Whether a control with this verdict keeps the metric from saying anything."""
        if verdict.word == "noise unknown":
            return not verdict.delta or improves(verdict.delta, kind)
        return verdict.word not in ("worse", "not measured", "direction unknown")

    @staticmethod
    def _measured(run: RunResult, metric: str) -> bool:
        return metric in run.values and run.values[metric].is_finite


def _between_samples(first: Value, second: Value, confidence: float) -> float | None:
    """The half-width of Welch's interval of two means over several seeds; None where neither varies."""
    return interval(0.0, (first.spread or 0.0, first.n), (second.spread or 0.0, second.n), confidence).half_width
