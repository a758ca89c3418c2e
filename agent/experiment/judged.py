"""A launch that ended well: its result read, proven, scored, proven again; or why it does not count."""

from __future__ import annotations

from dataclasses import replace

from agent.experiment.ending import Ending, because, unproven
from agent.experiment.launch import Bench
from agent.experiment.preflight import code_sha
from agent.experiment.prove import early_proofs, prove
from agent.experiment.score import ScoreFailed, score
from agent.experiment.trial import Trial
from agent.results.final_info import BadResults, read_final_info
from agent.sandbox.leavings import excess, remove
from agent.session.paths import AttemptPaths


def judged(bench: Bench, paths: AttemptPaths, trial: Trial) -> Ending:
    """The result of an experiment that ended well, proven and scored; or why it does not count."""
    out_dir, proofs = paths.code / trial.out_dir, bench.template.proofs
    info = read_final_info(out_dir)
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
