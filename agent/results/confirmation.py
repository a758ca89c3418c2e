"""What a session says of its confirmation: the candidate, and both samples, as they were journalled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.session.cost import Cost
from agent.session.events.confirm import CandidateChosen, Confirmed
from agent.session.journal import BaseEvent
from agent.session.steps import RunName


@dataclass(frozen=True)
class Confirmation:
    """Who was to be confirmed, and what was measured on fresh seeds; `run` is None where nobody was, `reason` says why."""

    run: RunName | None
    reason: str = ""
    metric: str = ""
    """The metric by which it was chosen."""
    metrics: tuple[str, ...] = ()
    """All that could be claimed: each of them is a look."""
    seeds: tuple[int, ...] = ()
    """Empty before it was measured."""
    candidate: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """By metric: one value a seed."""
    baseline: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    failed: tuple[str, ...] = ()
    """What did not end well: then nothing is confirmed."""
    beside: Mapping[RunName, Mapping[str, tuple[float, ...]]] = field(default_factory=dict)
    """The same of the runs that the plan holds against the candidate."""
    matched: Mapping[RunName, Mapping[str, tuple[float, ...]]] = field(default_factory=dict)
    """By run, the baseline among them: what it measured of the metrics that comparisons are made at."""
    costs: Mapping[RunName, tuple[Cost, ...]] = field(default_factory=dict)
    """By run, the baseline among them: what its launches on fresh seeds cost, where that is known of all."""
    beside_failed: tuple[str, ...] = ()
    """Why one of these has no values."""
    frontiers: Mapping[RunName, Mapping[str, Any]] = field(default_factory=dict)
    """By run that is a sweep, the baseline among them: its points over all fresh seeds, as the details of a result hold them."""

    @property
    def measured(self) -> bool:
        """Whether it has been launched, to its end."""
        return bool(self.seeds)

    @property
    def looks(self) -> int:
        """How many metrics could have been claimed."""
        return max(1, len(self.metrics))

    def sample(self, run: RunName, metric: str) -> tuple[float, ...]:
        """What this run measured on the fresh seeds, one value a seed; empty where it was not launched on them."""
        if not self.measured or self.failed:
            return ()
        if run == self.run:
            return self.candidate.get(metric, ())
        return (self.baseline if run.is_baseline else self.beside.get(run, {})).get(metric, ())

    def is_of(self, run: str, metric: str) -> bool:
        """Whether this run's result on this metric was tried on fresh seeds."""
        return self.measured and self.run == run and metric in self.metrics


def confirmation_of(events: Iterable[BaseEvent]) -> Confirmation | None:
    """The confirmation as far as it has come; None where the session knows none: an older one, or before its last run."""
    events = list(events)
    chosen = [event for event in events if isinstance(event, CandidateChosen)]
    if not chosen:
        return None
    last, found = chosen[-1], [event for event in events if isinstance(event, Confirmed)]
    known = Confirmation(run=last.run, reason=last.reason, metric=last.metric, metrics=tuple(last.metrics))
    if not found or found[-1].run != last.run:
        return known
    done = found[-1]
    return Confirmation(
        run=known.run,
        reason=known.reason,
        metric=known.metric,
        metrics=known.metrics,
        seeds=tuple(done.seeds),
        candidate=_tuples(done.candidate),
        baseline=_tuples(done.baseline),
        failed=tuple(done.failed),
        beside={run: _tuples(values) for run, values in done.beside.items()},
        matched={run: _tuples(values) for run, values in done.matched.items()},
        costs={run: tuple(found) for run, found in done.costs.items()},
        beside_failed=tuple(done.beside_failed),
        frontiers=done.frontiers,
    )


def _tuples(values: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, ...]]:
    return {name: tuple(sample) for name, sample in values.items()}
