"""How long nothing has been gained: runs in a row that are no better, beyond noise, than the best before them."""

from __future__ import annotations

from agent.results.results import Results, RunResult
from agent.results.verdicts.verdict import judge


def runs_without_gain(results: Results) -> int:
    """Runs after the last one that was better beyond noise, by the primary metric, than every comparable run before it.

    A run that is not comparable gains nothing, and neither does one that is not at what comparisons are made at, or whose noise
    is not known. Others' methods, which are run to compare with, are neither counted nor what the session's own have to beat.
    """
    best, count = results.baseline, 0
    for run in results.runs[1:]:
        if run.name in results.prior_art:
            continue
        if _gains(results, run, best):
            best, count = run, 0
        else:
            count += 1
    return count


def _gains(results: Results, run: RunResult, best: RunResult) -> bool:
    metric = results.primary
    if run.differences or results.left(run) or metric not in results.metrics:
        return False
    noise, exact = results.noise_between(run, best, metric), results.is_exact(metric)
    mine, theirs = run.values.get(metric), best.values.get(metric)
    return judge(mine, theirs, noise, results.metrics[metric], True, exact).word == "better"
