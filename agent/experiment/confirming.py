"""The confirmation: the candidate and the baseline launched again on fresh seeds, scored on a split that no search has read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from agent.errors import EnvironmentBroken
from agent.experiment.baseline_store import BaselineStore, baseline_files
from agent.experiment.confirm_bench import bench_of
from agent.experiment.launch import Bench, gpus
from agent.experiment.launches import Launches
from agent.experiment.past import launch_step
from agent.experiment.side_by_side import Endable, room, side_by_side
from agent.experiment.warm import WarmEvaluator
from agent.results.comparable import differences
from agent.results.story import story_of
from agent.session.events import AttemptEnded, CandidateChosen, ConfirmationOpened, Confirmed
from agent.session.files import write_json
from agent.session.run_info import RunInfo
from agent.session.session import Session
from agent.session.steps import BASELINE, CONFIRMED, OPENED, RunName, Step

_SHARED = ("killed", "timed_out")
"""What may come of sharing the machine: launched beside others, it is launched once more alone."""


@dataclass(frozen=True)
class _Launch:
    """One launch of the confirmation: what is run, on which seed."""

    run: RunName
    seed: int
    files: Mapping[str, bytes]

    @property
    def step(self) -> Step:
        return Step.confirmation(self.run, self.seed)

    @property
    def told(self) -> str:
        return f"{'the baseline' if self.run.is_baseline else self.run} with seed {self.seed}"


Tell = Callable[[str], None]


def confirmed(session: Session, bench: Bench, chosen: CandidateChosen, tell: Tell) -> Confirmed | None:
    """Both samples of the candidate, measured now where the journal does not hold them; None where there is no candidate.

    The caller holds what keeps two sessions from preparing at once. Raises EnvironmentBroken, Interrupted.
    """
    if chosen.run is None or session.template.confirmation is None:
        return None
    run, judge = chosen.run, bench_of(bench, session.template.confirmation, chosen.metrics)
    opened = session.journal.step(ConfirmationOpened, OPENED, lambda: _opening(session, judge, run, chosen.metrics))

    def work() -> Confirmed:
        return _measured(session, judge, run, opened, tell)

    found = session.journal.step(Confirmed, CONFIRMED, work)
    write_json(session.paths.confirmation, found.model_dump(mode="json", exclude={"kind", "seq", "step"}))
    return found


def _opening(session: Session, judge: Bench, run: RunName, metrics: Sequence[str]) -> ConfirmationOpened:
    assert session.template.confirmation is not None and judge.template.evaluator is not None
    seeds = session.template.confirmation.fresh_seeds(session.settings.confirmation.seeds)
    command = judge.template.evaluator.command
    return ConfirmationOpened(run=run, seeds=seeds, metrics=list(metrics), evaluator=command)


def _measured(session: Session, judge: Bench, run: RunName, opened: ConfirmationOpened, tell: Tell) -> Confirmed:
    """Every launch that is missing, then both samples."""
    store = BaselineStore(judge.cache, judge.template)
    with store.lock(session.stop):
        kept = {seed: info for seed in opened.seeds if (info := store.get(seed)) is not None}
        code = story_of(session).accepted[run].code
        names = session.template.experiment.editable
        mine = {name: session.blobs.get(code[name]) for name in names}
        theirs = baseline_files(session.template)
        launches = [
            launch
            for seed in opened.seeds
            for launch in (_Launch(run, seed, mine), _Launch(BASELINE, seed, theirs))
            if not (launch.run.is_baseline and seed in kept)
        ]
        ended = _launched(session, judge, launches, tell)
        for launch, end in zip(launches, ended, strict=True):
            if launch.run.is_baseline and end.outcome == "ok":
                folder = session.paths.attempt(end.number or 0)
                store.put(launch.seed, folder.code / BASELINE, end.results, folder.scores)
    return _samples(session, run, opened, launches, ended, kept)


def _launched(session: Session, judge: Bench, launches: Sequence[_Launch], tell: Tell) -> list[AttemptEnded]:
    """What came of each launch, in their order; the recorded one where there is one."""
    found = {launch.step: _recorded(session, launch.step) for launch in launches}
    missing = [launch for launch in launches if found[launch.step] is None]
    at_once = room(session.settings.confirmation.at_once, judge.sandbox, gpus(), judge.memory_gb)
    at_once = max(1, min(at_once, len(missing)))
    found |= _together(session, judge, missing, at_once, tell)
    for launch in missing:
        end = found[launch.step]
        if at_once > 1 and end is not None and end.outcome in _SHARED:
            alone = launch.step.alone
            found[launch.step] = _together(session, judge, [launch], 1, tell, alone)[launch.step]
    ended = [end for launch in launches if (end := found[launch.step]) is not None]
    for end in ended:
        if end.outcome == "environment":
            raise EnvironmentBroken(f"{end.run}: {end.reason}; mend it, then --resume")
    return ended


def _recorded(session: Session, step: Step) -> AttemptEnded | None:
    """What came of a launch: of the one alone where there was one, after what stopped it was mended where it was."""
    alone = session.journal.find(AttemptEnded, step.alone)
    return alone or session.journal.find(AttemptEnded, launch_step(session, step))


def _together(
    session: Session, judge: Bench, launches: Sequence[_Launch], at_once: int, tell: Tell, name: Step | None = None
) -> dict[Step, AttemptEnded | None]:
    """These launches, `at_once` at a time, each journalled as it ends; under `name` where it is one alone."""
    if not launches:
        return {}
    sandbox = Endable(judge.sandbox)
    bench = replace(judge, sandbox=sandbox)
    warm = WarmEvaluator(bench, session.paths.evaluator, session.paths.attempts)
    bench = replace(bench, warm=warm)
    journal, place = session.journal, Launches(session, bench, warm)

    def work(launch: _Launch) -> tuple[Step, AttemptEnded]:
        step = name or launch_step(session, launch.step)
        session.stop.check()
        tell(f"{step}: {launch.told} runs to confirm")
        return step, place.launched(launch.step, step, launch.files, launch.seed)

    found: dict[Step, AttemptEnded | None] = {}
    try:
        works = [lambda launch=launch: work(launch) for launch in launches]
        for at, (step, end) in side_by_side(works, at_once, sandbox.ended.set):
            found[launches[at].step] = journal.step(AttemptEnded, step, lambda end=end: end)  # type: ignore[misc]
    finally:
        warm.close()
    return found


def _samples(
    session: Session,
    run: RunName,
    opened: ConfirmationOpened,
    launches: Sequence[_Launch],
    ended: Sequence[AttemptEnded],
    kept: Mapping[int, RunInfo],
) -> Confirmed:
    """The values seed by seed, and what did not end well."""
    infos: dict[tuple[bool, int], RunInfo] = {(True, seed): info for seed, info in kept.items()}
    failed = []
    for launch, end in zip(launches, ended, strict=True):
        if end.outcome == "ok":
            infos[launch.run.is_baseline, launch.seed] = end.results
        else:
            failed.append(f"{launch.told} did not end well ({end.outcome.replace('_', ' ')}: {end.reason})")
    for seed in opened.seeds if not failed else ():
        keys = session.template.comparable.keys
        if unlike := differences(keys, infos[False, seed], infos[True, seed]):
            failed.append(f"{run} with seed {seed} cannot be compared with the baseline ({'; '.join(unlike)})")
    return Confirmed(
        run=run,
        seeds=opened.seeds,
        candidate=_values(infos, False, opened),
        baseline=_values(infos, True, opened),
        failed=failed,
    )


def _values(
    infos: Mapping[tuple[bool, int], RunInfo], of_baseline: bool, opened: ConfirmationOpened
) -> dict[str, list[float]]:
    """By metric: a value for each seed, of the metrics that every seed has."""
    found = {}
    for name in opened.metrics:
        measured = [infos[of_baseline, seed].metrics for seed in opened.seeds if (of_baseline, seed) in infos]
        values = [float(metrics[name].mean) for metrics in measured if name in metrics]
        if len(values) == len(opened.seeds):
            found[name] = values
    return found
