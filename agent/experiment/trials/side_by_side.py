"""Several trials at once, as many as there is room for: their launches run side by side, and are judged one after another.

Launches run in threads; all that is recorded is recorded by the thread that asked, in the order of the attempts' numbers,
so a journal reads as if they had been made one by one. Where launches run on other machines, each is scored there as soon
as it has ended, whatever the others do: steps of scoring are then recorded as they come, what came of it in order. Where a sandbox keeps nothing apart there is room for one: what
changed while it ran could have been another's doing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from threading import Event, Thread

from agent.experiment.done import Done, Record
from agent.experiment.launch import Bench
from agent.experiment.trials.run_trial import Launched, judge_trial, launch_trial
from agent.experiment.trials.trial import Trial
from agent.session.events import AttemptEnded
from agent.session.paths import AttemptPaths

_POLL_S = 0.05


@dataclass(frozen=True)
class Planned:
    """A trial that is to be run, where, and what of it is done already."""

    bench: Bench
    paths: AttemptPaths
    trial: Trial
    done: Done
    record: Record


Plan = Callable[[], Planned]
"""Makes a trial ready, and records its beginning, as soon as there is room for it."""


def room_of(bench: Bench) -> int:
    """How many trials of this bench can run at once."""
    return bench.launcher.room if bench.sandbox.keeps_apart else 1


def run_side_by_side(plans: Sequence[Plan], room: int) -> Generator[AttemptEnded, None, None]:
    """What came of each trial, in this order; `room` of them run at once, others go on while one is judged.

    Whoever closes it ends the rest: nothing runs any more then. Raises what a trial raises.
    """
    waiting, running = list(plans), list[_Running]()
    stop = Event()
    try:
        while waiting or running:
            while waiting and sum(not each.over for each in running) < room and len(running) < 2 * room:
                running.append(_Running(waiting.pop(0)(), stop))
            over = running[0].wait(_POLL_S)
            for each in running:
                each.record_end()
            if over:
                yield running.pop(0).judged()
    finally:
        stop.set()
        for each in running:
            each.join()


class _Running:
    """A trial whose launch runs in a thread; one whose launch had ended is over at once."""

    def __init__(self, planned: Planned, stop: Event) -> None:
        self._planned = planned
        self._launched: Launched | None = None
        self._judged: AttemptEnded | None = None
        self._problem: BaseException | None = None
        self._recorded = False
        self._bench = replace(planned.bench, stop=stop.is_set)
        self._thread = Thread(target=self._work, name=str(planned.trial.run))
        self._thread.start()

    @property
    def over(self) -> bool:
        return not self._thread.is_alive()

    def wait(self, seconds: float) -> bool:
        self._thread.join(seconds)
        return self.over

    def join(self) -> None:
        self._thread.join()

    def record_end(self) -> None:
        """Record the launch's end, once; nothing where it has not come, or there is none to be recorded."""
        if self.over and self._launched is not None:
            self._record(self._launched)

    def judged(self) -> AttemptEnded:
        """What came of it. Raises what the launch raised."""
        if self._problem is not None:
            raise self._problem
        assert self._launched is not None
        return self._judged or self._judge(self._planned.bench, self._launched)

    def _judge(self, bench: Bench, launched: Launched) -> AttemptEnded:
        planned = self._planned
        return judge_trial(bench, planned.paths, planned.trial, launched, planned.done, planned.record)

    def _record(self, launched: Launched) -> None:
        if not self._recorded:
            self._recorded = True
            launched.record(self._planned.record)

    def _work(self) -> None:
        planned = self._planned
        try:
            self._launched = launch_trial(self._bench, planned.paths, planned.trial, planned.done)
            if not self._bench.launcher.here:
                self._record(self._launched)
                self._judged = self._judge(self._bench, self._launched)
        except BaseException as problem:  # a thread's exception reaches nobody: it is raised where the trial is judged
            self._problem = problem
