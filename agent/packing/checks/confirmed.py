"""The confirmation: both samples are what their launches measured, seed by seed, and no seed was left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from agent.experiment.confirming.frontiers import fresh_frontiers
from agent.packing.opened import Opened
from agent.session.cost import Cost
from agent.session.events import AttemptEnded, ConfirmationOpened, Confirmed, Finding
from agent.session.session import Session
from agent.session.steps import BASELINE, RunName, Step


def samples(opened: Opened) -> Iterator[Finding]:
    """What candidate and baseline measured on fresh seeds; seeds, candidate and metrics are those with which it was opened."""
    session = opened.session
    begun = list(session.journal.all(ConfirmationOpened))
    for event in session.journal.all(Confirmed):
        where = f"journal.jsonl, {event.step}"
        if len(begun) != 1 or (begun[0].run, begun[0].seeds) != (event.run, event.seeds):
            why = (
                "; ".join(f"it was opened for {one.run} with seeds {one.seeds}" for one in begun)
                or "it was never opened"
            )
            yield Finding(where=where, what=f"{event.run} with seeds {event.seeds}", why=why)
        if begun and not set(event.beside) <= set(begun[0].beside):
            yield Finding(where=where, what=f"{', '.join(event.beside)} beside it", why="it was not opened for these")
        for run, told in ((event.run, event.candidate), (BASELINE, event.baseline), *event.beside.items()):
            yield from _other_values(session, where, run, event.seeds, told)
        for run, told in event.matched.items():
            yield from _other_values(session, where, run, event.seeds, told)
        for run, costs in event.costs.items():
            yield from _other_costs(session, where, run, event.seeds, costs)
        yield from _other_frontiers(session, where, event)
        path = session.paths.confirmation
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            found = None
        if found != event.as_file():
            yield Finding(where=path.name, what="it is not what was measured", why="the journal recorded another")


def _other_values(
    session: Session, where: str, run: RunName, seeds: list[int], told: Mapping[str, list[float]]
) -> Iterator[Finding]:
    """Values that are not those of the launch with their seed; a baseline that was kept from another session has none."""
    for place, seed in enumerate(seeds):
        launches = _launches(session, Step.confirmation(run, seed))
        if not launches:
            if not run.is_baseline:
                yield Finding(where=where, what=f"{run} with seed {seed}", why="no launch tells of it")
            continue
        measured = launches[-1].results.metrics if launches[-1].outcome == "ok" else {}
        for name, values in told.items():
            mine = values[place] if place < len(values) else None
            if name not in measured or measured[name].mean != mine:
                why = f"its launch gave {measured[name].mean if name in measured else launches[-1].outcome}"
                yield Finding(where=where, what=f"{run} with seed {seed}, {name}: {mine}", why=why)


def _other_costs(session: Session, where: str, run: RunName, seeds: list[int], told: list[Cost]) -> Iterator[Finding]:
    """What launches cost that is not what their supervisors measured."""
    for seed, cost in zip(seeds, told, strict=False):
        launches = _launches(session, Step.confirmation(run, seed))
        if launches and launches[-1].cost != cost:
            yield Finding(where=where, what=f"what {run} with seed {seed} cost", why="its launch tells of another cost")


def _other_frontiers(session: Session, where: str, event: Confirmed) -> Iterator[Finding]:
    """Points of a sweep that are not those of the launches, where all of them are here."""
    for run, told in event.frontiers.items():
        ends = {(run, seed): _launches(session, Step.confirmation(run, seed))[-1:] for seed in event.seeds}
        infos = {which: end[0].results for which, end in ends.items() if end and end[0].outcome == "ok"}
        again = fresh_frontiers(infos, [run], event.seeds).get(run)
        if len(infos) == len(event.seeds) and again != told:
            yield Finding(where=where, what=f"the frontier of {run} on fresh seeds", why="its launches give another")


def _launches(session: Session, step: Step) -> list[AttemptEnded]:
    """What came of this launch, each time that it was made."""
    return [event for event in session.journal.all(AttemptEnded) if event.step.first_launch == step]
