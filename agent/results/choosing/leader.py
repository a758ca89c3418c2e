"""The run that leads by the primary metric, whether it beats the baseline or not."""

from __future__ import annotations

from agent.results.results import Results, RunResult
from agent.results.verdicts.verdict import gain


def leader(results: Results) -> RunResult | None:
    """The run besides the baseline that comes out best by the primary metric, comparable ones first; None where there is none,
    or which direction is better is not known."""
    metric = results.primary
    kind = results.metrics.get(metric)
    runs = [run for run in results.runs[1:] if metric in run.values and run.values[metric].is_finite]
    if kind is None or kind.direction is None:
        return None
    return max(runs, key=lambda run: (not run.differences, gain(run.values[metric].mean, kind)), default=None)
