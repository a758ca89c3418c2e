"""Groups of runs in words, with what each of them rests on."""

from __future__ import annotations

from collections.abc import Sequence

from agent.results.results import Results, RunResult
from agent.results.verdicts.verdict import ONE_LOOK
from agent.results.words.phrases import runs_text


def group_text(results: Results, runs: Sequence[RunResult], metric: str) -> str:
    """`runs 2 and 5`; behind it those of them that one look alone bears: ` (run 2 by one look)`."""
    once = [run for run in runs if metric and results.verdict(run, metric).one_look]
    if not once:
        return runs_text(runs)
    return runs_text(runs) + (ONE_LOOK if len(once) == len(runs) else f" ({runs_text(once)} by one look)")
