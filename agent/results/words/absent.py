"""Why metrics were not measured, in the words of the evaluator: what is absent for a reason is neither forgotten nor zero."""

from __future__ import annotations

from collections.abc import Collection

from agent.results.results import Results
from agent.results.words.phrases import runs_text
from agent.session.steps import RunName

_LONGEST = 300
"""Characters of a reason: the rest lies in the run's details."""


def absent_lines(results: Results) -> list[str]:
    """A line for each reason: `absorption_fraction, full_absorption: REASON`, with the runs where it is not of all of them."""
    of: dict[tuple[str, str], list[RunName]] = {}
    for run in results.runs:
        for metric, reason in run.undefined.items():
            of.setdefault((metric, reason), []).append(run.name)
    found: dict[tuple[str, tuple[RunName, ...]], list[str]] = {}
    for (metric, reason), names in of.items():
        found.setdefault((reason, tuple(names)), []).append(metric)
    return [f"{', '.join(told)}{_of(results, names)}: {reason[:_LONGEST]}" for (reason, names), told in found.items()]


def _of(results: Results, names: Collection[RunName]) -> str:
    """` (run 2)`; empty where it is all of them."""
    runs = [run for run in results.runs if run.name in names]
    if len(runs) == len(results.runs):
        return ""
    others = [run for run in runs if not run.is_baseline]
    if len(others) == len(runs):
        return f" ({runs_text(others)})"
    return f" (the baseline and {runs_text(others)})" if others else " (the baseline)"
