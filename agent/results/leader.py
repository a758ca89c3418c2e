"""The run that leads by the primary metric, whether it beats the baseline or not."""

from __future__ import annotations

from agent.results.results import Results, RunResult


def leader(results: Results) -> RunResult | None:
    """The run besides the baseline that comes out best by the primary metric, comparable ones first; None where there is none,
    or which direction is better is not known."""
    metric = results.primary
    direction = results.metrics[metric].direction if metric in results.metrics else None
    runs = [run for run in results.runs[1:] if metric in run.values and run.values[metric].is_finite]
    if direction is None:
        return None
    sign = -1 if direction == "lower" else 1
    return max(runs, key=lambda run: (not run.differences, sign * run.values[metric].mean), default=None)
