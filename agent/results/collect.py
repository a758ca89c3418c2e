"""Results from a journal's events: all of them, or what can still be read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.errors import SessionError
from agent.results.compute import compute_of
from agent.results.controls import control_results, readable_controls
from agent.results.results import Results, RunResult
from agent.results.values import values_of
from agent.results.verdicts.frontier import frontier_of
from agent.session.events import ControlMeasured, RunAccepted
from agent.session.run_info import RunInfo
from agent.session.template.contract import Metric

UNKNOWN = Metric(direction=None, description="")
"""What is known of a metric that a run measured and no template declares."""

UNDEFINED, FAILED = "undefined", "failed"
"""Where the details of a result say why a measure does not exist for it, by metric; and which evals failed, by their name."""


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
        parent=event.parent,
        deterministic=event.results.get("deterministic") is True,
        compute=compute_of(event.results),
        drawn=drawn_of(event.results),
        seeds=tuple(event.seeds),
        frontier=frontier_of(event.results.details),
        undefined={**undefined_of(event.results.details, values), **failed_of(event.results.details)},
        told_zero=frozenset(name for name, found in event.results.metrics.items() if found.noise == 0),
    )


def reasons(details: Mapping[str, Any], part: str) -> dict[str, str]:
    """What a part of the details says by name, each in one line (empty where it gives no reason); empty where there is no such part."""
    found = details.get(part)
    return (
        {str(name): " ".join(str(why or "").split()) for name, why in found.items()}
        if isinstance(found, Mapping)
        else {}
    )


def undefined_of(details: Mapping[str, Any], measured: Collection[str]) -> dict[str, str]:
    """Why metrics are absent, by their name, as the evaluator left it in the details; of what was `measured` nothing."""
    return {name: why.rstrip(".") for name, why in reasons(details, UNDEFINED).items() if name not in measured and why}


def failed_of(details: Mapping[str, Any]) -> dict[str, str]:
    """What the evaluator could not measure, by the name that it has for it: `failed: out of memory`."""
    return {name: f"failed: {why.rstrip('.')}" for name, why in reasons(details, FAILED).items()}


def undefined_over_seeds(infos: Mapping[int, RunInfo], measured: Collection[str]) -> dict[str, str]:
    """Why metrics that not every seed has are absent: as the first says it, or else with which seed there is none."""
    found: dict[str, str] = {}
    for place, (seed, info) in enumerate(infos.items()):
        for name, why in undefined_of(info.details, measured).items():
            found.setdefault(name, f"with seed {seed}: {why}" if place else why)
    return found


def drawn_of(results: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the run was handed to train on, as that was counted; empty where it was not."""
    found = results.get("drawn")
    return found if isinstance(found, Mapping) else {}


def collect(
    metrics: Mapping[str, Metric],
    primary: str,
    events: Iterable[RunAccepted],
    controls: Iterable[ControlMeasured] = (),
    named: Iterable[str] = (),
) -> Results:
    """All accepted runs in order of their number; an optional metric that none of them has is left out. `named`: by the idea.

    Raises SessionError where the results of a run or of a control cannot be read.
    """
    runs = sorted((run_result(event) for event in events), key=lambda run: run.index)
    return Results(
        metrics=_measured_ones(metrics, runs),
        primary=primary,
        runs=tuple(runs),
        controls=control_results(controls),
        named=tuple(named),
    )


@dataclass(frozen=True)
class Readable:
    """What could be read: None where there is no baseline among it; and a line for each run that could not."""

    results: Results | None
    problems: tuple[str, ...] = ()


def collect_readable(
    metrics: Mapping[str, Metric],
    primary: str,
    events: Iterable[RunAccepted],
    controls: Iterable[ControlMeasured] = (),
    named: Iterable[str] = (),
) -> Readable:
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
    beside, unread = readable_controls(controls)
    problems += unread
    if not runs or not runs[0].is_baseline:
        return Readable(None, tuple(problems))
    known = _measured_ones(metrics, runs)
    shown = known | {name: UNKNOWN for run in runs for name in run.values if name not in known}
    known_primary = primary if primary in shown else next(iter(shown), "")
    return Readable(
        Results(metrics=shown, primary=known_primary, runs=tuple(runs), controls=beside, named=tuple(named)),
        tuple(problems),
    )


def _measured_ones(metrics: Mapping[str, Metric], runs: Iterable[RunResult]) -> dict[str, Metric]:
    measured = {name for run in runs for name in run.values}
    return {name: metric for name, metric in metrics.items() if not metric.optional or name in measured}
