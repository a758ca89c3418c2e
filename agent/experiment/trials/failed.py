"""A launch that did not end well: its cause, and whether it lies with the code or with the machine."""

from __future__ import annotations

from pathlib import Path

from agent.experiment.ending import Ending
from agent.experiment.failure.cause import Cause, find_cause
from agent.experiment.failure.own_code import OwnCode
from agent.experiment.launch import Bench
from agent.experiment.trials.trial import Trial
from agent.sandbox import Finished
from agent.session.events import AttemptOutcome
from agent.session.paths import AttemptPaths
from agent.session.trouble import has_room

_ROOM_BYTES = 500_000_000
"""A disk with as much free is not what a run ran out of."""


def failed(bench: Bench, paths: AttemptPaths, trial: Trial, finished: Finished) -> Ending:
    """Why the experiment's process did not end well."""
    own = OwnCode.of_experiment(bench.template.experiment)
    cause = find_cause(paths.stdout, paths.stderr, finished, own)
    return Ending(
        _how(cause, finished, trial, paths.root, bench.launcher.gpus), cause.reason, cause.shown, cause.signature
    )


def _how(cause: Cause, finished: Finished, trial: Trial, folder: Path, gpus: int) -> AttemptOutcome:
    if finished.timed_out:
        return "timed_out"
    if cause.environment and not _of_its_own_making(cause, trial, folder, gpus):
        return "environment"
    killed = finished.ended_by_limit or finished.exit_code is None or finished.exit_code < 0
    return "killed" if killed else "crashed"


def _of_its_own_making(cause: Cause, trial: Trial, folder: Path, gpus: int) -> bool:
    """Where the template's own code ran without a network or a GPU, code that asks for one can be mended.

    A machine that has a GPU and does not find it has lost it: that is nobody's code. A disk that is not full was not
    what code ran out of: folders in memory, /dev/shm among them, have a size in the sandbox.
    """
    if cause.kind == "disk" and "quota" not in cause.reason.lower():
        return trial.baseline_passed and has_room(folder, _ROOM_BYTES)
    asked_for = ("network", "gpu") if gpus else ("network", "gpu", "no gpu")
    return trial.baseline_passed and cause.kind in asked_for
