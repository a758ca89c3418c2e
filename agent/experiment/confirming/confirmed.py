"""The confirmation: the candidate and the baseline launched again on fresh seeds, scored on a split that no search has read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from agent.errors import EnvironmentBroken
from agent.experiment.baseline_store import BaselineStore, baseline_files
from agent.experiment.confirming.bench import bench_of
from agent.experiment.confirming.frontiers import fresh_frontiers
from agent.experiment.launch import Bench
from agent.experiment.launches import Launches, Wanted
from agent.experiment.past import launch_step
from agent.experiment.trials.side_by_side import room_of
from agent.experiment.warm import WarmEvaluator
from agent.launching import launcher_for
from agent.results.story import story_of
from agent.results.verdicts.comparable import differences
from agent.results.verdicts.load import load_differences
from agent.results.verdicts.matched import matched_names
from agent.session.cost import Cost
from agent.session.events import AttemptEnded, CandidateChosen, ConfirmationOpened, Confirmed
from agent.session.files import write_json
from agent.session.run_info import RunInfo
from agent.session.session import Session
from agent.session.steps import BASELINE, CONFIRMED, OPENED, RunName, Step

_SHARED = ("killed", "timed_out")
"""What may come of sharing the machine: launched beside others, it is launched once more alone."""


Tell = Callable[[str], None]


def confirmed(session: Session, bench: Bench, chosen: CandidateChosen, tell: Tell) -> Confirmed | None:
    """Both samples of the candidate, measured now where the journal does not hold them; None where there is no candidate.

    Raises EnvironmentBroken, Interrupted.
    """
    if chosen.run is None or session.template.confirmation is None:
        return None
    run, judge = chosen.run, bench_of(bench, session.template.confirmation, [*chosen.metrics, *_matched(session)])
    if (at_once := session.settings.confirmation.at_once) and judge.launcher.here:
        slots = session.settings.launching.model_copy(update={"slots": at_once})
        settings = session.settings.model_copy(update={"launching": slots})
        judge = replace(judge, launcher=launcher_for(judge.sandbox, settings, session.stop))
    opened = session.journal.step(ConfirmationOpened, OPENED, lambda: _opening(session, judge, run, chosen))
    work = _Work(session, judge, tell)
    found = session.journal.step(Confirmed, CONFIRMED, lambda: work.measured(run, opened))
    write_json(session.paths.confirmation, found.as_file())
    return found


def _opening(session: Session, judge: Bench, run: RunName, chosen: CandidateChosen) -> ConfirmationOpened:
    assert session.template.confirmation is not None and judge.template.evaluator is not None
    seeds = session.template.confirmation.fresh_seeds(session.settings.confirmation.seeds)
    command = judge.template.evaluator.command
    return ConfirmationOpened(
        run=run, seeds=seeds, metrics=list(chosen.metrics), evaluator=command, beside=chosen.beside
    )


@dataclass(frozen=True)
class _Work:
    """What all launches of the confirmation share."""

    session: Session
    judge: Bench
    """Scores on the split of the confirmation."""
    tell: Tell

    def measured(self, run: RunName, opened: ConfirmationOpened) -> Confirmed:
        """Every launch that is missing, then both samples."""
        session, judge = self.session, self.judge
        store = BaselineStore(judge.cache, judge.template, judge.launcher.machines)
        with store.lock(session.stop):
            kept = {seed: info for seed in opened.seeds if (info := store.get(seed)) is not None}
            launches = self._launches(run, opened, kept)
            ended = self._launched(launches)
            for launch, end in zip(launches, ended, strict=True):
                if _run(launch).is_baseline and end.outcome == "ok":
                    folder = session.paths.attempt(end.number or 0)
                    store.put(launch.seed, folder.code / BASELINE, end.results, folder.scores)
        return _samples(session, run, opened, launches, ended, kept)

    def _launches(self, run: RunName, opened: ConfirmationOpened, kept: Mapping[int, RunInfo]) -> list[Wanted]:
        """The candidate, the baseline and what stands beside them with each seed, those left out whose result is kept."""
        codes = {run: self._files(run), BASELINE: baseline_files(self.session.template)}
        codes |= {each: self._files(each) for each in opened.beside}
        return [
            _wanted(each, seed, files)
            for seed in opened.seeds
            for each, files in codes.items()
            if not (each.is_baseline and seed in kept)
        ]

    def _files(self, run: RunName) -> dict[str, bytes]:
        """The code of an accepted run."""
        code = story_of(self.session).accepted[run].code
        return {name: self.session.blobs.get(code[name]) for name in self.session.template.experiment.editable}

    def _launched(self, launches: Sequence[Wanted]) -> list[AttemptEnded]:
        """What came of each launch, in their order; the recorded one where there is one."""
        journal, at_once = self.session.journal, room_of(self.judge)
        named = [_named(launch, self._name(launch.run)) for launch in launches]
        found = {launch.run: journal.find(AttemptEnded, launch.step) for launch in named}
        found |= self._together([launch for launch in named if found[launch.run] is None], at_once)
        for launch in launches if at_once > 1 else ():
            end, alone = found[launch.run], launch.run.alone
            if end is not None and end.outcome in _SHARED and journal.find(AttemptEnded, alone) is None:
                found |= self._together([_named(launch, alone)], 1)
        ended = [end for launch in launches if (end := found[launch.run]) is not None]
        for end in ended:
            if end.outcome == "environment":
                raise EnvironmentBroken(f"{end.run}: {end.reason}; mend it, then --resume")
        return ended

    def _name(self, step: Step) -> Step:
        """Under which a launch is journalled: once it was launched alone, that is it; anew after a mended machine."""
        alone = self.session.journal.find(AttemptEnded, step.alone) is not None
        return launch_step(self.session, step.alone if alone else step)

    def _together(self, launches: Sequence[Wanted], at_once: int) -> dict[Step, AttemptEnded | None]:
        """What came of each, by what it is for; `at_once` at a time, each journalled as it ends."""
        if not launches:
            return {}
        session = self.session
        warm = WarmEvaluator(self.judge, session.paths.evaluator, session.paths.attempts)
        launcher = Launches(session, replace(self.judge, warm=warm), warm, self.tell)
        try:
            with closing(launcher.side_by_side(launches, at_once)) as ends:
                return {launch.run: end for launch, end in zip(launches, ends, strict=True)}
        finally:
            warm.close()


def _wanted(run: RunName, seed: int, files: Mapping[str, bytes]) -> Wanted:
    """A launch of the confirmation: this code on this fresh seed."""
    step = Step.confirmation(run, seed)
    return _named(Wanted(step, step, files, seed, told=""), step)


def _named(launch: Wanted, name: Step) -> Wanted:
    """The same launch, journalled under another name."""
    return replace(launch, step=name, told=f"{name}: {_who(launch)} runs to confirm")


def _run(launch: Wanted) -> RunName:
    """Whose code it launches."""
    return RunName(launch.run.parts[0])


def _who(launch: Wanted) -> str:
    """Whose code it launches and on which seed, in words."""
    return f"{'the baseline' if _run(launch).is_baseline else _run(launch)} with seed {launch.seed}"


def _samples(
    session: Session,
    run: RunName,
    opened: ConfirmationOpened,
    launches: Sequence[Wanted],
    ended: Sequence[AttemptEnded],
    kept: Mapping[int, RunInfo],
) -> Confirmed:
    """The values seed by seed, and what did not end well."""
    infos = {(BASELINE, seed): info for seed, info in kept.items()}
    failed: dict[RunName, list[str]] = {}
    for launch, end in zip(launches, ended, strict=True):
        if end.outcome == "ok":
            infos[_run(launch), launch.seed] = end.results
        else:
            why = f"{_who(launch)} did not end well ({end.outcome.replace('_', ' ')}: {end.reason})"
            failed.setdefault(_run(launch), []).append(why)
    for each in (run, *opened.beside) if not failed.get(BASELINE) else ():
        if each not in failed and (unlike := _unlike(session, infos, each, opened.seeds)):
            failed[each] = unlike
    beside = [each for each in opened.beside if each not in failed]
    return Confirmed(
        run=run,
        seeds=opened.seeds,
        candidate=_values(infos, run, opened.seeds, opened.metrics),
        baseline=_values(infos, BASELINE, opened.seeds, opened.metrics),
        failed=[*failed.get(run, ()), *failed.get(BASELINE, ())],
        beside={each: _values(infos, each, opened.seeds, opened.metrics) for each in beside},
        matched={
            each: found
            for each in (run, BASELINE, *beside)
            if (found := _values(infos, each, opened.seeds, _matched(session)))
        },
        costs={each: spent for each in (run, BASELINE, *beside) if (spent := _costs(infos, each, opened.seeds))},
        beside_failed=[why for each in opened.beside for why in failed.get(each, ())],
        frontiers=fresh_frontiers(infos, (run, BASELINE), opened.seeds),
    )


def _unlike(
    session: Session, infos: Mapping[tuple[RunName, int], RunInfo], run: RunName, seeds: Sequence[int]
) -> list[str]:
    """Why a run cannot be compared with the baseline on some seed."""
    keys, budget = session.template.comparable.keys, session.template.budget
    pairs = {seed: (infos[run, seed], infos[BASELINE, seed]) for seed in seeds}
    return [
        f"{run} with seed {seed} cannot be compared with the baseline ({'; '.join(unlike)})"
        for seed, pair in pairs.items()
        if (unlike := differences(keys, *pair) + load_differences(budget, *pair))
    ]


def _costs(infos: Mapping[tuple[RunName, int], RunInfo], run: RunName, seeds: Sequence[int]) -> list[Cost]:
    """What each launch cost; empty where one of them does not know."""
    found = [cost for seed in seeds if (run, seed) in infos for cost in infos[run, seed].costs]
    return found if len(found) == len(seeds) else []


def _matched(session: Session) -> tuple[str, ...]:
    """The metrics that comparisons are made at, of those that are scored on the split."""
    confirmation = session.template.confirmation
    return confirmation.scored(matched_names(session.template.metrics)) if confirmation is not None else ()


def _values(
    infos: Mapping[tuple[RunName, int], RunInfo], run: RunName, seeds: Sequence[int], metrics: Sequence[str]
) -> dict[str, list[float]]:
    """By metric: a value for each seed, of the metrics that every seed has."""
    found = {}
    for name in metrics:
        measured = [infos[run, seed].metrics for seed in seeds if (run, seed) in infos]
        values = [float(each[name].mean) for each in measured if name in each]
        if len(values) == len(seeds):
            found[name] = values
    return found
