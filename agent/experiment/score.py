"""Scoring a run: the template's evaluator in a process of its own, after the experiment ended, on files out of reach."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from agent.errors import Interrupted
from agent.experiment.done import FIXED_CHANGED, Scoring
from agent.experiment.failure.cause import find_cause
from agent.experiment.failure.own_code import OwnCode
from agent.experiment.launch import Bench, ended_before, fill, launch
from agent.launching.place import Place
from agent.results.final_info import BadResults, checked_metrics, read_object
from agent.sandbox import Finished
from agent.sandbox.leavings import remove
from agent.session.files import stamp
from agent.session.run_info import RunInfo

log = logging.getLogger(__name__)
SCORES_FILE = "scores.json"
REPORT = "scored.json"
"""How the evaluator's process ended, by its supervisor, beside the folder of scores."""
OWN_DETAILS = "of_the_run"
"""Where details stand that the experiment wrote itself: its word, under no name that an evaluator's could have."""


@dataclass(frozen=True)
class Scored:
    """`info` with the metrics and details of the evaluation in it."""

    info: RunInfo
    seconds: float = 0.0


@dataclass(frozen=True)
class ScoreFailed:
    """Why there is no score. `environment`: no edit can mend it."""

    outcome: Literal["bad_results", "environment"]
    reason: str
    cause: str = ""
    signature: str = ""
    seconds: float = 0.0


def score(
    bench: Bench, info: RunInfo, run_dir: Path, scores: Path, fixed_sha256: str, scoring: Scoring = "new"
) -> Scored | ScoreFailed:
    """Evaluate the run in `run_dir`, read-only to the evaluator; its file and logs go to the folder `scores`.

    By the bench's warm evaluator where there is one and it scores the run; whatever else comes of asking it, by a
    process of its own, whose word counts. A template without an evaluator has its metrics in `info` already. Where the
    fixed half is not, before and after, the one with hash `fixed_sha256`, there is no score. `scoring`: whether what lies in
    `scores` is of an evaluator that was cut off. Raises Interrupted.
    """
    if bench.template.evaluator is None:
        return _merged(bench, info, info.get("metrics", {}), {}, "final_info.json", 0.0)
    if changed := _fixed_changed(bench, fixed_sha256, "before"):
        return changed
    kept = scoring != "new"
    if bench.warm is not None and (seconds := bench.warm.score(run_dir, scores, fixed_sha256, kept)) is not None:
        if changed := _fixed_changed(bench, fixed_sha256, "while"):
            return changed
        if isinstance(found := read_scores(bench, info, scores, seconds), Scored):
            return found
        scoring = "new"
    place = replace(Place.within(scores, readable=(run_dir,)), report=scores.with_name(REPORT))
    command = fill(bench.template.evaluator.command, {"run_dir": str(run_dir), "out": str(scores / SCORES_FILE)})
    finished = _evaluated(bench, command, place, bench.template.evaluator.timeout_s, scoring)
    if finished.interrupted:
        raise Interrupted("stopped while a run was being scored")
    if changed := _fixed_changed(bench, fixed_sha256, "while"):
        return changed
    if finished.exit_code != 0 or finished.timed_out:
        own = OwnCode.of_experiment(bench.template.experiment)
        cause = find_cause(place.stdout, place.stderr, finished, own)
        return ScoreFailed(
            "environment" if cause.environment else "bad_results",
            f"the evaluator failed: {cause.reason}",
            f"The experiment ended, but the evaluator could not score what it wrote:\n{cause.shown}",
            f"evaluator|{cause.signature}",
            finished.seconds,
        )
    return read_scores(bench, info, scores, finished.seconds)


def _evaluated(bench: Bench, command: Sequence[str], place: Place, timeout_s: float, scoring: Scoring) -> Finished:
    """The evaluator, run to its end; one that had ended well is not run again, and one that was cut off keeps its folder."""
    scores, out, held = place.cwd, place.cwd / SCORES_FILE, bench.launcher.holds(place.job_folder)
    before = ended_before(bench, command, place, timeout_s) if scoring == "unheard" and out.is_file() else None
    if before is not None and before.exit_code == 0 and not before.timed_out:
        return before
    if scoring == "new" and not held:
        remove(scores)
    scores.mkdir(parents=True, exist_ok=True)
    found = None if held else stamp(out)
    finished = launch(bench, command, place, timeout_s, may_write_cache=True)
    if not bench.launcher.holds(place.job_folder):
        remove(place.scratch)
    if stamp(out) == found:  # what lies there, if anything, is of the one that was cut off
        out.unlink(missing_ok=True)
    return finished


def read_scores(bench: Bench, info: RunInfo, scores: Path, seconds: float) -> Scored | ScoreFailed:
    """What the evaluator wrote into the folder `scores`, merged into the run's own; or why it is no score."""
    written = read_object(scores / SCORES_FILE)
    if isinstance(written, BadResults):
        return _bad(f"the evaluator's {written.reason}", seconds)
    metrics, details, failed = written.get("metrics"), written.get("details", {}), written.get("failed", {})
    if not isinstance(metrics, dict) or not isinstance(details, dict) or not isinstance(failed, dict):
        return _bad("the evaluator's scores.json: 'metrics', 'details' and 'failed' must be objects", seconds)
    source = "".join(f"; {name} failed: {' '.join(str(reason).split())}" for name, reason in failed.items())
    for name, reason in failed.items():
        log.warning("no score of %s: %s", name, reason)
    details = {**details, **({"failed": failed} if failed else {})}
    return _merged(bench, info, metrics, details, f"the evaluator{source and f' ({source[2:]})'}", seconds)


def _merged(
    bench: Bench, info: RunInfo, metrics: Mapping[str, Any], details: Mapping[str, Any], source: str, seconds: float
) -> Scored | ScoreFailed:
    """The declared metrics checked; what else was measured goes to the details, what the experiment wrote there under `OWN_DETAILS`."""
    checked = checked_metrics(metrics, bench.template.metrics, source, bench.template.optional)
    if isinstance(checked, BadResults):
        return _bad(checked.reason, seconds)
    others = {name: value for name, value in metrics.items() if name not in checked}
    kept = {**_own(bench, info), **details, **({"other_metrics": others} if others else {})}
    return Scored(info.scored(checked, kept), seconds)


def _own(bench: Bench, info: RunInfo) -> dict[str, Any]:
    """The experiment's own details: where an evaluator measures, a frontier among them would be typed and read as measured."""
    if bench.template.evaluator is None or not info.details:
        return dict(info.details)
    return {OWN_DETAILS: dict(info.details)}


def _fixed_changed(bench: Bench, expected: str, when: str) -> ScoreFailed | None:
    if bench.template.fixed_hash() == expected:
        return None
    names = ", ".join(bench.template.experiment.fixed)
    moment = "before the score" if when == "before" else "while the run was scored"
    reason = f"the template's fixed files ({names}) changed {moment}, so no score can be trusted; restore them"
    return ScoreFailed("environment", reason, reason, FIXED_CHANGED)


def _bad(reason: str, seconds: float) -> ScoreFailed:
    return ScoreFailed("bad_results", reason, reason, f"bad_results|{reason[:120]}", seconds)
