"""Launches of a session, journalled from their beginning to what came of them: one, or several side by side."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from agent.experiment.done import Done
from agent.experiment.launch import Bench
from agent.experiment.past import done_of, earlier_results, next_number
from agent.experiment.trials.run_trial import run_trial
from agent.experiment.trials.side_by_side import Planned, room_of, run_side_by_side
from agent.experiment.trials.trial import Trial
from agent.experiment.warm import WarmEvaluator
from agent.launching import withdraw_left
from agent.results.story import story_of
from agent.session.events import AttemptBegun, AttemptEnded, LaunchEnded, ScoringBegun, ScoringEnded
from agent.session.session import Session
from agent.session.steps import Step


@dataclass(frozen=True)
class Wanted:
    """A launch that is asked for."""

    run: Step
    """What it is for: `run_3`, `run_3/seed_1`, `run_0/control_untrained`."""
    step: Step
    """The name under which it is journalled."""
    files: Mapping[str, bytes]
    """The experiment's editable files."""
    seed: int
    told: str
    """What a person is told as it begins."""
    bench: Bench | None = None
    """Another than the session's own."""


class Launches:
    """Launches code on a session's bench; its evaluator is loaded while the code runs. `tell` is told of each as it begins."""

    def __init__(self, session: Session, bench: Bench, warm: WarmEvaluator, tell: Callable[[str], object]) -> None:
        self.session = session
        self.bench = bench
        self.warm = warm
        self.tell = tell

    def launched(self, wanted: Wanted) -> AttemptEnded:
        """What comes of it; who asks journals it.

        A launch of this step that had ended, of which nothing was made yet, is judged instead of made again; so is what its
        evaluator had finished.
        """
        planned = self._begun(wanted)
        return run_trial(planned.bench, planned.paths, planned.trial, planned.done, planned.record)

    def side_by_side(self, wanted: Sequence[Wanted], at_once: int | None = None) -> Generator[AttemptEnded, None, None]:
        """What comes of each, in this order, recorded under its step; `at_once` at a time, as there is room where None.

        What is recorded already is only read. Close it where the rest is not wanted any more (`contextlib.closing`): what
        still runs is ended.
        """
        journal = self.session.journal
        found = {each.step: ended for each in wanted if (ended := journal.find(AttemptEnded, each.step))}
        left = [each for each in wanted if each.step not in found]
        # before they are put in order: a job that nobody waits for could end meanwhile, and be heard of
        for each in left:
            self._withdraw(each.step)
        left.sort(key=self._number)  # attempts are journalled as judged in the order of their numbers
        steps = iter([each.step for each in left])

        def plan(each: Wanted) -> Planned:
            journal.stop.check()
            return self._begun(each)

        plans = [lambda each=each: plan(each) for each in left]
        with closing(run_side_by_side(plans, at_once or room_of(self.bench))) as endings:
            for each in wanted:
                while each.step not in found:
                    step = next(steps)
                    found[step] = journal.append(next(endings).model_copy(update={"step": step}))
                yield found[each.step]

    def _withdraw(self, step: Step) -> None:
        """End the job of this step's last attempt, where this session had begun on a cluster and does not wait for it."""
        begun = self.session.journal.find(AttemptBegun, step)
        job = self.session.paths.attempt(begun.number).job if begun else None
        if not self.bench.launcher.holds(job):
            withdraw_left(job)

    def _number(self, wanted: Wanted) -> float:
        """Of its attempt, where it was launched before; those that are yet to be come last."""
        done = done_of(self.session, wanted.step, self.bench.launcher.holds)
        return done.ended.number if done.ended else done.begun or float("inf")

    def _begun(self, wanted: Wanted) -> Planned:
        """The launch with its folder, its beginning told and recorded."""
        self.tell(wanted.told)
        session, step = self.session, wanted.step
        holds = self.bench.launcher.holds
        done = done_of(session, step, holds)
        held = done.begun is not None and holds(session.paths.attempt(done.begun).job)
        if done.begun is not None and not held and not self.bench.sandbox.keeps_apart:
            done = Done()  # where nothing keeps an experiment from it, what lies there is nobody's word
        known = done.ended.number if done.ended else done.begun
        number = known or next_number(session)
        paths = session.paths.attempt(number)
        if known is None:
            self._withdraw(step)
            paths.root.mkdir(parents=True)
            name = self.bench.sandbox.name
            session.journal.append(AttemptBegun(step=step, number=number, run=wanted.run, sandbox=name))
        trial = Trial(
            run=wanted.run,
            number=number,
            files=wanted.files,
            seed=wanted.seed,
            fixed_sha256=session.fixed_sha256,
            earlier=earlier_results(session),
            protected=session.paths.kept_by_the_tool(),
            watched=self._watched(),
            baseline_passed=story_of(session).baseline is not None,
        )
        if self.bench.launcher.here:
            self.warm.start(keep=None if done.scoring == "new" else paths.scores)  # loads while the experiment runs

        def record(event: LaunchEnded | ScoringBegun | ScoringEnded) -> None:
            session.journal.append(event.model_copy(update={"step": step}))

        return Planned(wanted.bench or self.bench, paths, trial, done, record)

    def _watched(self) -> list[Path]:
        """The template's files, which no experiment may change."""
        template = self.session.template
        return [template.root / name for name in template.files]
