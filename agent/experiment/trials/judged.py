"""A launch that ended well: its result read, proven, scored, proven again; or why it does not count."""

from __future__ import annotations

import logging
from dataclasses import replace

from agent.experiment.data import drawn_into
from agent.experiment.done import Done, Record
from agent.experiment.doubts.contradicted import contradictions
from agent.experiment.doubts.lost import lost_metrics
from agent.experiment.ending import Ending, because, unproven
from agent.experiment.launch import Bench
from agent.experiment.launch_end import scores_sha256
from agent.experiment.prove import early_proofs, prove
from agent.experiment.score import Scored, ScoreFailed, read_scores, score
from agent.experiment.trials.trial import Trial
from agent.results.final_info import BadResults, read_final_info
from agent.sandbox.leavings import excess, remove
from agent.session.events import LaunchEnded, ScoringBegun, ScoringEnded
from agent.session.files import code_sha
from agent.session.paths import AttemptPaths
from agent.session.run_info import RunInfo

log = logging.getLogger(__name__)


def judged(bench: Bench, paths: AttemptPaths, trial: Trial, ended: LaunchEnded, done: Done, record: Record) -> Ending:
    """The result of an experiment that ended well, proven and scored; or why it does not count.

    `record` takes the evaluator's beginning and end. What `done` holds of them is not done again.
    """
    out_dir, proofs = paths.code / trial.out_dir, bench.template.proofs
    info = read_final_info(out_dir)
    if not isinstance(info, BadResults):
        info = drawn_into(bench, info, paths)
    if isinstance(info, BadResults):
        return because("bad_results", info.reason)
    code = code_sha(trial.files)
    if missing := prove(early_proofs(proofs), info, out_dir, trial.earlier, code):
        return unproven(missing)
    seeds = [seed.info for seed in trial.earlier.baseline if seed.info]
    if proofs and (against := contradictions(info, ended.cost, seeds, bench.template.comparable.keys)):
        return unproven(against)
    scored = _taken_up(bench, paths, info, done) or _scored(bench, paths, trial, info, ended, done, record)
    if isinstance(scored, ScoreFailed):
        cause = scored.cause or scored.reason
        return Ending(scored.outcome, scored.reason, cause, scored.signature, scored.seconds)
    if lost := lost_metrics(bench.template, trial.run, scored.info, seeds):
        return replace(because("bad_results", lost), score_seconds=scored.seconds)
    if missing := prove(proofs, scored.info, out_dir, trial.earlier, code):
        return replace(unproven(missing), score_seconds=scored.seconds)
    return Ending("ok", score_seconds=scored.seconds, results=scored.info)


def _scored(
    bench: Bench, paths: AttemptPaths, trial: Trial, info: RunInfo, ended: LaunchEnded, done: Done, record: Record
) -> Scored | ScoreFailed:
    """What the evaluator says of it, its beginning and its end recorded; where it was cut off before, it finds what it had finished."""
    run_dir, has_evaluator = paths.code / trial.out_dir, bench.template.evaluator is not None
    if has_evaluator and done.scoring == "new":
        remove(paths.scores)  # without namespaces the experiment could have laid something there
        record(ScoringBegun(number=trial.number, run=trial.run, left_sha256=ended.left_sha256))
    found = score(bench, info, run_dir, paths.scores, trial.fixed_sha256, done.scoring)
    if beyond := excess(paths.scores, bench.leavings):
        remove(paths.scores)
        found = _beyond(beyond, found.seconds)
    if has_evaluator:
        record(_event(paths, trial, found))
    return found


def _beyond(beyond: str, seconds: float) -> ScoreFailed:
    told = because("bad_results", f"the evaluator failed: {beyond}; it was removed")
    return ScoreFailed("bad_results", told.reason, told.cause, told.signature, seconds)


def _event(paths: AttemptPaths, trial: Trial, found: Scored | ScoreFailed) -> ScoringEnded:
    event = ScoringEnded(number=trial.number, run=trial.run, seconds=found.seconds, scores_sha256=scores_sha256(paths))
    if isinstance(found, Scored):
        return event.model_copy(update={"metrics": tuple(sorted(found.info.metrics))})
    told = {name: getattr(found, name) for name in ("outcome", "reason", "cause", "signature")}
    return event.model_copy(update=told)


def _taken_up(bench: Bench, paths: AttemptPaths, info: RunInfo, done: Done) -> Scored | ScoreFailed | None:
    """The evaluator's word that the journal has already; None where it must be asked, since there is none, or its files have changed."""
    event = done.scored
    if event is None:
        return None
    try:
        same = scores_sha256(paths) == event.scores_sha256
    except OSError:
        same = False
    if not same:
        log.warning("attempt %d: its scores have changed since they were made; it is scored again", event.number)
        return None
    if event.outcome == "ok":
        return read_scores(bench, info, paths.scores, event.seconds)
    return ScoreFailed(event.outcome, event.reason, event.cause, event.signature, event.seconds)
