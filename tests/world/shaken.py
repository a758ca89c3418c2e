"""A worked session's results as another machine might have measured them: every value by its noise, every cost by a factor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

import pytest

from agent.auditing.notes import audit_note
from agent.auditing.paper import findings_in
from agent.printing.press import assembled
from agent.results.compute import Compute
from agent.results.confirmation import Confirmation
from agent.results.results import Results, RunResult
from agent.results.story import results_of
from agent.session.cost import Cost
from agent.session.events import Finding, Noted
from agent.session.session import Session
from agent.writing import known
from agent.writing.notes.note import read_note
from agent.writing.notes.text import render_note

_SIZES = (0.3, 1.0, 3.0)
"""By how many of the baseline's standard deviations: too little to change a verdict, now and then one, most of them."""
_COSTS = (0.5, 1.8)
Sample = Mapping[str, tuple[float, ...]]


def shaken(results: Results, seed: int) -> Results:
    """Runs and fresh seeds move by the noise of the baseline, whose own noise becomes another; launches cost more or less."""
    random = Random(seed)
    size = random.choice(_SIZES)
    spreads = {name: value.spread or 0.0 for name, value in results.baseline.values.items()}

    def shift(name: str, by: float = size) -> float:
        return random.gauss(0, by) * spreads.get(name, 0.0)

    def run_of(run: RunResult) -> RunResult:
        if run.is_baseline:
            factor = random.uniform(0.3, 3.0)
            values = {
                name: replace(value, spread=value.spread * factor if value.spread else value.spread)
                for name, value in run.values.items()
            }
        else:
            values = {name: replace(value, mean=value.mean + shift(name)) for name, value in run.values.items()}
        return replace(run, values=values, compute=_cost_of(run.compute, random))

    def sample_of(sample: Sample) -> Sample:
        moved = {name: shift(name) for name in sample}
        return {
            name: tuple(value + moved[name] + shift(name, 0.5) for value in values) for name, values in sample.items()
        }

    def fresh_of(fresh: Confirmation) -> Confirmation:
        return replace(
            fresh,
            candidate=sample_of(fresh.candidate),
            beside={run: sample_of(sample) for run, sample in fresh.beside.items()},
            costs={run: tuple(_launch(cost, random) for cost in costs) for run, costs in fresh.costs.items()},
        )

    fresh = results.confirmation
    return replace(
        results,
        runs=tuple(run_of(run) for run in results.runs),
        confirmation=fresh_of(fresh) if fresh is not None and fresh.measured else fresh,
    )


def findings_on(session: Session, seed: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Finding]:
    """What the audit would find in the session's notes and paper, printed anew from their sources, had it measured shaken results."""
    results = shaken(results_of(session), seed)
    monkeypatch.setattr(known, "results_of", lambda session, then: results)
    evidence, free = known.evidence_of(session), known.known_text(session)
    last = {note.subject: note for note in session.journal.all(Noted)}
    for note in last.values():
        run = results.get(note.subject)
        if run is not None:
            again = render_note(read_note(note.source, run.title), evidence, note.subject)
            yield from audit_note(again, evidence, free)
    printed = assembled(session)
    yield from findings_in(printed, printed, evidence, free)


def _cost_of(compute: Compute, random: Random) -> Compute:
    factor = random.uniform(*_COSTS)
    return replace(compute, launches=tuple(_times(cost, factor) for cost in compute.launches))


def _launch(cost: Cost, random: Random) -> Cost:
    return _times(cost, random.uniform(*_COSTS))


def _times(cost: Cost, factor: float) -> Cost:
    known = {name: getattr(cost, name) for name in ("wall_s", "cpu_s", "gpu_s")}
    return cost.model_copy(update={name: value * factor for name, value in known.items() if value is not None})
