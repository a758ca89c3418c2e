"""One launch of one version of the code, whatever comes of it: launch → cause or result → proof → score → proof."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.errors import Interrupted
from agent.experiment.cause import Cause, find_cause
from agent.experiment.launch import Bench, Place, fill, gpus, launch, prepare_code
from agent.experiment.preflight import code_sha
from agent.experiment.prove import Earlier, early_proofs, prove
from agent.experiment.score import ScoreFailed, score
from agent.results.final_info import BadResults, read_final_info
from agent.sandbox import Finished
from agent.sandbox.guard import Guard, guard
from agent.session.events import AttemptEnded
from agent.session.paths import AttemptPaths

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trial:
    """What is launched, and what its result is held against."""

    run: str
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
        return self.run.split("/", 1)[0]


def attempt(bench: Bench, paths: AttemptPaths, trial: Trial) -> AttemptEnded:
    """Launch the trial in the folder of the attempt, and say what came of it. The folder stays.

    Raises Interrupted; the folder of an attempt that was cut off stays too, and its number is not used again.
    """
    prepare_code(paths.code, trial.files)
    nets = [guard(paths if not bench.sandbox.keeps_apart else ()) for paths in (trial.protected, trial.watched)]
    template = bench.template
    hidden = tuple(template.root / name for name in (template.evaluator.hidden if template.evaluator else ()))
    place = Place(paths.code, paths.stdout, paths.stderr, paths.scratch, writable=(paths.code,), hidden=hidden)
    command = fill(template.experiment.command, {"out_dir": trial.out_dir, "seed": str(trial.seed)})
    try:
        finished = launch(bench, command, place, bench.timeout_s or template.experiment.timeout_s)
    finally:
        shutil.rmtree(paths.scratch, ignore_errors=True)
    if finished.interrupted:
        raise Interrupted(f"stopped while {trial.run} was running")
    if finished.left_behind:
        log.warning(
            "attempt %d: %d processes had outlived the experiment and were ended", trial.number, finished.left_behind
        )
    ended = AttemptEnded(
        number=trial.number, run=trial.run, outcome="crashed", seconds=finished.seconds, exit_code=finished.exit_code
    )
    if tampered := _tampered(*nets):
        return ended.model_copy(update=tampered)
    if finished.exit_code != 0 or finished.timed_out or finished.out_of_memory:
        own = (*template.experiment.editable, *template.experiment.fixed)
        cause = find_cause(paths.stdout, paths.stderr, finished, own)
        return ended.model_copy(update=_failed(cause, finished, trial))
    return ended.model_copy(update=_judged(bench, paths, trial))


def _judged(bench: Bench, paths: AttemptPaths, trial: Trial) -> dict[str, Any]:
    """The result of an experiment that ended well, proven and scored; or why it does not count."""
    out_dir, proofs = paths.code / trial.out_dir, bench.template.proofs
    info = read_final_info(out_dir)
    if isinstance(info, BadResults):
        return _outcome("bad_results", info.reason)
    code = code_sha(trial.files)
    if missing := prove(early_proofs(proofs), info, out_dir, trial.earlier, code):
        return _unproven(missing)
    scored = score(bench, info, out_dir, paths.scores, trial.fixed_sha256)
    if isinstance(scored, ScoreFailed):
        return {
            "outcome": scored.outcome,
            "reason": scored.reason,
            "cause": scored.cause or scored.reason,
            "signature": scored.signature,
            "score_seconds": scored.seconds,
        }
    if missing := prove(proofs, scored.info, out_dir, trial.earlier, code):
        return _unproven(missing) | {"score_seconds": scored.seconds}
    return {"outcome": "ok", "results": scored.info, "score_seconds": scored.seconds}


def _failed(cause: Cause, finished: Finished, trial: Trial) -> dict[str, Any]:
    update = {"reason": cause.reason, "cause": cause.shown, "signature": cause.signature}
    if finished.timed_out:
        return update | {"outcome": "timed_out"}
    if cause.environment and not _of_its_own_making(cause, trial):
        return update | {"outcome": "environment"}
    killed = finished.out_of_memory or finished.exit_code is None or finished.exit_code < 0
    return update | {"outcome": "killed" if killed else "crashed"}


def _of_its_own_making(cause: Cause, trial: Trial) -> bool:
    """Where the template's own code ran without a network or a GPU, code that asks for one can be mended.

    A machine that has a GPU and does not find it has lost it: that is nobody's code.
    """
    asked_for = ("network", "gpu") if gpus() else ("network", "gpu", "no gpu")
    return trial.baseline_passed and cause.kind in asked_for


def _tampered(session: Guard, template: Guard) -> dict[str, Any] | None:
    """Did files change that are not the experiment's own? The session's are put back; the template's stop the session."""
    mine, theirs = session.touched(), template.touched()
    lost = session.restore()
    if theirs:
        return _outcome(
            "environment",
            f"while the experiment ran, files of the template changed: {_names(theirs)}; without namespaces that may "
            "have been its doing, so look at them and restore them",
        )
    if not mine:
        return None
    reason = f"the experiment changed files that are not its own: {_names(mine)}"
    if lost:
        return _outcome("environment", f"{reason}; these could not be put back: {_names(lost)}")
    return _outcome("not_proven", f"{reason}; they were put back, and the result does not count")


def _names(paths: Sequence[str]) -> str:
    return ", ".join(Path(name).name for name in paths[:5]) + (" …" if len(paths) > 5 else "")


def _unproven(missing: Sequence[str]) -> dict[str, Any]:
    return _outcome("not_proven", missing[0]) | {"cause": "\n".join(f"- {reason}" for reason in missing)}


def _outcome(outcome: str, reason: str) -> dict[str, Any]:
    return {"outcome": outcome, "reason": reason, "cause": reason, "signature": f"{outcome}|{reason[:120]}"}
