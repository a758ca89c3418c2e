"""One launch of one version of the code, whatever comes of it: launch → cause or result → proof → score → proof."""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from agent.errors import Interrupted, LabloopError
from agent.experiment.data import data_problem, drawn_into, handing_out
from agent.experiment.ending import Ending, because, unproven
from agent.experiment.failure.cause import Cause, find_cause
from agent.experiment.failure.own_code import OwnCode
from agent.experiment.launch import Bench, Place, fill, gpus, launch, prepare_code
from agent.experiment.launch_end import finished_of, launch_end
from agent.experiment.preflight import code_sha
from agent.experiment.prove import Earlier, early_proofs, prove
from agent.experiment.score import ScoreFailed, score
from agent.results.final_info import BadResults, read_final_info
from agent.sandbox import Finished
from agent.sandbox.guard import Guard, guard
from agent.sandbox.leavings import excess, open_up, remove
from agent.session.events import AttemptEnded, AttemptOutcome, LaunchEnded
from agent.session.logs import shorten
from agent.session.paths import AttemptPaths
from agent.session.steps import Step
from agent.session.trouble import has_room

log = logging.getLogger(__name__)
T = TypeVar("T")
_ROOM_BYTES = 500_000_000
"""A disk with as much free is not what a run ran out of."""
_MACHINE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE)


@dataclass(frozen=True)
class Trial:
    """What is launched, and what its result is held against."""

    run: Step
    """run_3, or run_0/seed_1 for the baseline."""
    number: int
    """Of the attempt."""
    files: Mapping[str, bytes]
    """The experiment's editable files."""
    seed: int
    fixed_sha256: str
    """Hash of the template's fixed half as the session began."""
    earlier: Earlier = field(default_factory=Earlier)
    protected: Sequence[Path] = ()
    """The session's own files: where a sandbox cannot keep them apart, changes are found and undone."""
    watched: Sequence[Path] = ()
    """The template's files: likewise found, but not undone, since a person may be the one who changed them."""
    baseline_passed: bool = False
    """The template's own code ran in this environment."""

    @property
    def out_dir(self) -> str:
        return self.run.parts[0]


def run_trial(
    bench: Bench,
    paths: AttemptPaths,
    trial: Trial,
    ended: LaunchEnded | None = None,
    record: Callable[[LaunchEnded], object] = lambda end: None,
) -> AttemptEnded:
    """Launch the trial in the attempt's folder, and say what came of it. The folder stays.

    `record` takes the launch's end as soon as it has come. `ended`: an earlier one, of which nothing was made yet; then
    nothing is launched, and what lies in the folder is judged.

    Raises Interrupted; the folder of an attempt that was cut off stays too, and its number is not used again. Nothing
    else that goes wrong is raised but a broken set-up: it would be met again at every --resume.
    """
    launched, ending = (ended, None) if ended else _launched_whole(bench, paths, trial)
    if ending is None:
        if launched is not ended:
            record(launched)
        ending = _foreseen(trial, lambda: _made_of(bench, paths, trial, launched))
    return AttemptEnded(
        number=trial.number,
        run=trial.run,
        outcome=ending.outcome,
        seconds=launched.seconds,
        score_seconds=ending.score_seconds,
        exit_code=launched.exit_code,
        reason=ending.reason,
        cause=ending.cause,
        signature=ending.signature,
        results=ending.results,
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


def _launched_whole(bench: Bench, paths: AttemptPaths, trial: Trial) -> tuple[LaunchEnded, Ending | None]:
    """The launch, to its end; with an ending where that is all that can be said of it."""
    work = _foreseen(trial, lambda: _tried(bench, paths, trial))
    return (LaunchEnded(number=trial.number, run=trial.run), work) if isinstance(work, Ending) else work


def _tried(bench: Bench, paths: AttemptPaths, trial: Trial) -> tuple[LaunchEnded, Ending | None]:
    prepare_code(paths.code, trial.files)
    nets = [guard(paths if not bench.sandbox.keeps_apart else ()) for paths in (trial.protected, trial.watched)]
    finished = _launched(bench, paths, trial)
    if finished.interrupted:
        raise Interrupted(f"stopped while {trial.run} was running")
    if finished.left_behind:
        log.warning(
            "attempt %d: %d processes had outlived the experiment and were ended", trial.number, finished.left_behind
        )
    beyond = _cut_down(bench, paths, trial)
    return launch_end(trial.run, trial.number, finished, beyond, paths), _tampered(*nets)


def _made_of(bench: Bench, paths: AttemptPaths, trial: Trial, ended: LaunchEnded) -> Ending:
    """What comes of a launch that has ended: its failure's cause, or its result, proven and scored."""
    finished = finished_of(ended)
    if problem := data_problem(bench, paths):
        return because("environment", problem)
    if finished.exit_code != 0 or finished.timed_out or finished.ended_by_limit:
        return _failed(bench, paths, trial, finished)
    return because("bad_results", ended.beyond) if ended.beyond else _judged(bench, paths, trial)


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
    template = bench.template
    hidden = tuple(template.root / name for name in (template.evaluator.hidden if template.evaluator else ()))
    place = Place(
        cwd=paths.code,
        stdout=paths.stdout,
        stderr=paths.stderr,
        scratch=paths.scratch,
        writable=(paths.code,),
        hidden=hidden,
    )
    command = fill(template.experiment.command, {"out_dir": trial.out_dir, "seed": str(trial.seed)})
    try:
        with handing_out(bench, paths, trial.seed) as data:
            return launch(bench, command, data.at(place), bench.timeout_s or template.experiment.timeout_s)
    finally:
        remove(paths.scratch)


def _judged(bench: Bench, paths: AttemptPaths, trial: Trial) -> Ending:
    """The result of an experiment that ended well, proven and scored; or why it does not count."""
    out_dir, proofs = paths.code / trial.out_dir, bench.template.proofs
    info = read_final_info(out_dir)
    if not isinstance(info, BadResults):
        info = drawn_into(bench, info, paths)
    if isinstance(info, BadResults):
        return because("bad_results", info.reason)
    code = code_sha(trial.files)
    if missing := prove(early_proofs(proofs), info, out_dir, trial.earlier, code):
        return unproven(missing)
    scored = score(bench, info, out_dir, paths.scores, trial.fixed_sha256)
    if isinstance(scored, ScoreFailed):
        cause = scored.cause or scored.reason
        return Ending(scored.outcome, scored.reason, cause, scored.signature, scored.seconds)
    if beyond := excess(paths.scores, bench.leavings):
        remove(paths.scores)
        return because("bad_results", f"the evaluator failed: {beyond}; it was removed")
    if missing := prove(proofs, scored.info, out_dir, trial.earlier, code):
        return replace(unproven(missing), score_seconds=scored.seconds)
    return Ending("ok", score_seconds=scored.seconds, results=scored.info)


def _failed(bench: Bench, paths: AttemptPaths, trial: Trial, finished: Finished) -> Ending:
    """Why the experiment's process did not end well."""
    experiment = bench.template.experiment
    own = OwnCode.of((*experiment.editable, *experiment.fixed), experiment.fixed)
    cause = find_cause(paths.stdout, paths.stderr, finished, own)
    return Ending(_how(cause, finished, trial, paths.root), cause.reason, cause.shown, cause.signature)


def _how(cause: Cause, finished: Finished, trial: Trial, folder: Path) -> AttemptOutcome:
    if finished.timed_out:
        return "timed_out"
    if cause.environment and not _of_its_own_making(cause, trial, folder):
        return "environment"
    killed = finished.ended_by_limit or finished.exit_code is None or finished.exit_code < 0
    return "killed" if killed else "crashed"


def _of_its_own_making(cause: Cause, trial: Trial, folder: Path) -> bool:
    """Where the template's own code ran without a network or a GPU, code that asks for one can be mended.

    A machine that has a GPU and does not find it has lost it: that is nobody's code. A disk that is not full was not
    what code ran out of: folders in memory, /dev/shm among them, have a size in the sandbox.
    """
    if cause.kind == "disk" and "quota" not in cause.reason.lower():
        return trial.baseline_passed and has_room(folder, _ROOM_BYTES)
    asked_for = ("network", "gpu") if gpus() else ("network", "gpu", "no gpu")
    return trial.baseline_passed and cause.kind in asked_for


def _tampered(session: Guard, template: Guard) -> Ending | None:
    """Did files change that are not the experiment's own? The session's are put back; the template's stop the session."""
    mine, theirs = session.touched(), template.touched()
    lost = session.restore()
    if theirs:
        return because(
            "environment",
            f"while the experiment ran, files of the template changed: {_names(theirs)}; without namespaces that may "
            "have been its doing, so look at them and restore them",
        )
    if not mine:
        return None
    reason = f"the experiment changed files that are not its own: {_names(mine)}"
    if lost:
        return because("environment", f"{reason}; these could not be put back: {_names(lost)}")
    return because("not_proven", f"{reason}; they were put back, and the result does not count")


def _names(paths: Sequence[str]) -> str:
    return ", ".join(Path(name).name for name in paths[:5]) + (" …" if len(paths) > 5 else "")
