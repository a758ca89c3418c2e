"""One launch of one version of the code, whatever comes of it: launch → cause or result → proof → score → proof."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from agent.errors import Interrupted, LabloopError
from agent.experiment.data import clear_handed, cost_with_data, data_problem, handing_out
from agent.experiment.done import Done, Record, unrecorded
from agent.experiment.ending import Ending, because
from agent.experiment.launch import Bench, ended_before, fill, launch, prepare_code
from agent.experiment.launch_end import finished_of, launch_end
from agent.experiment.reach import Reach
from agent.experiment.trials.failed import failed
from agent.experiment.trials.judged import judged
from agent.experiment.trials.tampered import tampered
from agent.experiment.trials.trial import Trial
from agent.launching.place import Place
from agent.sandbox import Finished
from agent.sandbox.guard import guard
from agent.sandbox.leavings import excess, open_up, remove
from agent.session.events import AttemptEnded, LaunchEnded
from agent.session.logs import shorten
from agent.session.paths import AttemptPaths

log = logging.getLogger(__name__)
T = TypeVar("T")
_NOTHING = Done()
_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE)


def run_trial(
    bench: Bench, paths: AttemptPaths, trial: Trial, done: Done = _NOTHING, record: Record = unrecorded
) -> AttemptEnded:
    """Launch the trial in the attempt's folder, and say what came of it. The folder stays.

    `record` takes the launch's end as soon as it has come, and each step that follows. What `done` holds of an earlier
    session's is not done again: where the launch had ended, what lies in the folder is judged.

    Raises Interrupted; the folder of an attempt that was cut off stays too, and its number is not used again. Nothing
    else that goes wrong is raised but a broken set-up: it would be met again at every --resume.
    """
    launched = launch_trial(bench, paths, trial, done)
    launched.record(record)
    return judge_trial(bench, paths, trial, launched, done, record)


@dataclass(frozen=True)
class Launched:
    """A launch that has come to its end."""

    ended: LaunchEnded
    ending: Ending | None = None
    """Where that is all that can be said of it; there is nothing to be judged then, nor to be recorded."""
    earlier: bool = False
    """It had ended before the session was taken up, and is recorded."""

    def record(self, record: Record) -> None:
        """Record its end, where that is to be."""
        if self.ending is None and not self.earlier:
            record(self.ended)


def launch_trial(bench: Bench, paths: AttemptPaths, trial: Trial, done: Done = _NOTHING) -> Launched:
    """The launch, to its end; the one that had ended already, where there is one. See `run_trial` for what is raised."""
    if done.ended is not None:
        return Launched(done.ended, earlier=True)
    work = _foreseen(trial, lambda: _tried(bench, paths, trial, done))
    if isinstance(work, Ending):
        return Launched(LaunchEnded(number=trial.number, run=trial.run), work)
    return work


def judge_trial(
    bench: Bench,
    paths: AttemptPaths,
    trial: Trial,
    launched: Launched,
    done: Done = _NOTHING,
    record: Record = unrecorded,
) -> AttemptEnded:
    """What comes of a launch that has ended. See `run_trial`."""
    ended = launched.ended
    ending = launched.ending
    if ending is None:
        ending = _foreseen(trial, lambda: _made_of(bench, paths, trial, ended, done, record))
    return AttemptEnded(
        number=trial.number,
        run=trial.run,
        outcome=ending.outcome,
        seconds=ended.seconds,
        score_seconds=ending.score_seconds,
        exit_code=ended.exit_code,
        reason=ending.reason,
        cause=ending.cause,
        signature=ending.signature,
        results=ending.results.costing([ended.cost] if ended.cost else []) if ending.results else ending.results,
        cost=ended.cost,
    )


def _foreseen(trial: Trial, work: Callable[[], T]) -> T | Ending:
    """What `work` makes of a launch; an ending where it fails over something that a model's code left in a folder."""
    try:
        return work()
    except LabloopError:
        raise
    except Exception as error:  # whatever it left; an outcome, so that the session goes on
        log.exception("attempt %d could not be worked to its end", trial.number)
        return _unforeseen(error)


def _tried(bench: Bench, paths: AttemptPaths, trial: Trial, done: Done) -> Launched:
    held = bench.launcher.holds(paths.job)  # a job that an earlier session submitted is waited for
    finished = _heard_of_late(bench, paths, trial) if done.begun is not None and not held else None
    if finished is None and not held:
        remove(paths.code)
        prepare_code(paths.code, trial.files)
    nets = [guard(paths if not bench.sandbox.keeps_apart else ()) for paths in (trial.protected, trial.watched)]
    finished = finished or _launched(bench, paths, trial)
    if finished.interrupted:
        raise Interrupted(f"stopped while {trial.run} was running")
    if finished.left_behind:
        log.warning(
            "attempt %d: %d processes had outlived the experiment and were ended", trial.number, finished.left_behind
        )
    beyond = _cut_down(bench, paths, trial)
    finished = replace(finished, cost=cost_with_data(finished.cost, paths))
    return Launched(launch_end(trial.run, trial.number, finished, beyond, paths), tampered(*nets))


def _made_of(bench: Bench, paths: AttemptPaths, trial: Trial, ended: LaunchEnded, done: Done, record: Record) -> Ending:
    """What comes of a launch that has ended: its failure's cause, or its result, proven and scored."""
    finished = finished_of(ended)
    if problem := data_problem(bench, paths):
        return because("environment", problem)
    if finished.exit_code != 0 or finished.timed_out or finished.ended_by_limit:
        return failed(bench, paths, trial, finished)
    if ended.beyond:
        return because("bad_results", ended.beyond)
    return judged(bench, paths, trial, ended, done, record)


def _unforeseen(error: Exception) -> Ending:
    """A disk or a machine at its limit stops the session; anything else is laid to what was left."""
    said = shorten(f"{type(error).__name__}: {error}", 300)
    if isinstance(error, OSError) and error.errno in _MACHINE:
        return because("environment", f"{said}: mend the disk or free some space")
    return because("bad_results", f"what the experiment left could not be read: {said}")


def _cut_down(bench: Bench, paths: AttemptPaths, trial: Trial) -> str:
    """What the experiment left beyond the limits; then all of it is removed but the code, lest it fill the disk."""
    beyond = excess(paths.code, bench.leavings)
    if beyond:
        log.warning("attempt %d: %s; all that it left was removed", trial.number, beyond)
        remove(paths.code, but={Path(name).parts[0] for name in trial.files})
        return f"{beyond}; it was removed, and the result does not count"
    open_up(paths.code)
    return ""


def _launched(bench: Bench, paths: AttemptPaths, trial: Trial) -> Finished:
    """The experiment's command, run to its end; its scratch is gone."""
    try:
        with handing_out(bench, paths, trial.seed) as data:
            return launch(bench, _command(bench, trial), data.at(_place(bench, paths)), _limit_s(bench))
    finally:
        if not bench.launcher.holds(paths.job):  # it goes on without this session
            remove(paths.scratch)


def _heard_of_late(bench: Bench, paths: AttemptPaths, trial: Trial) -> Finished | None:
    """How the experiment ended in a session that was killed before it heard of it; None where nobody knows."""
    finished = ended_before(bench, _command(bench, trial), _place(bench, paths), _limit_s(bench))
    remove(paths.scratch)
    clear_handed(paths)
    return finished


def _command(bench: Bench, trial: Trial) -> list[str]:
    return fill(bench.template.experiment.command, {"out_dir": trial.out_dir, "seed": str(trial.seed)})


def _limit_s(bench: Bench) -> float:
    return bench.timeout_s or bench.template.experiment.timeout_s


def _place(bench: Bench, paths: AttemptPaths) -> Place:
    place = Place(
        cwd=paths.code,
        stdout=paths.stdout,
        stderr=paths.stderr,
        scratch=paths.scratch,
        writable=(paths.code,),
        report=paths.report,
        job=paths.job,
        fresh=(paths.code,),
    )
    return Reach.of(bench, paths).at(place)
