"""What a typed number may mean: the measured value, difference or change that it is. A suggestion, never a reason to let it stand."""

from __future__ import annotations

from collections.abc import Sequence

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.proofreading.sentences.numbers import TypedNumber, rounds_to
from agent.results.controls import ControlResult
from agent.results.results import RunResult

_TELLING_DECIMALS = 2
"""A number with fewer digits behind the point is that of many values by chance."""


def reference_to(number: TypedNumber, metrics: Sequence[str], runs: Sequence[RunResult | ControlResult]) -> str:
    """The first of the metrics, and of the runs or controls, whose value was typed; empty where it is none of theirs."""
    found = ((run, metric, run.values.get(metric)) for metric in metrics for run in runs)
    return next(
        (
            f"[[{run.name}.{metric}]]"
            for run, metric, value in found
            if value is not None and rounds_to(value.mean, number)
        ),
        "",
    )


def change_meant(number: TypedNumber, metrics: Sequence[str], runs: Sequence[RunResult], evidence: Evidence) -> str:
    """The difference from the baseline, absolute or in percent, that was typed; empty where it is none of these runs'."""
    base = evidence.results.baseline.values
    for run in runs:
        for metric in metrics:
            if run.index and metric in run.values and metric in base:
                before, delta = base[metric].mean, run.values[metric].mean - base[metric].mean
                if number.is_percent and before and _is_at(100 * delta / abs(before), number):
                    return f"[[{run.name}.{metric}.percent]]"
                if not number.is_percent and number.decimals >= _TELLING_DECIMALS and _is_at(delta, number):
                    return f"[[{run.name}.{metric}.delta]]"
    return ""


def another_meant(number: TypedNumber, metrics: Sequence[str], runs: Sequence[RunResult], evidence: Evidence) -> str:
    """The value that was typed where it is another run's, or a difference; those of `runs` come first."""
    everyone = evidence.results.runs
    return (
        reference_to(number, metrics, everyone)
        or change_meant(number, metrics, runs, evidence)
        or change_meant(number, metrics, everyone, evidence)
    )


def anywhere(number: TypedNumber, evidence: Evidence) -> str:
    """The values that were typed, two at most, whatever the sentence names; empty where the number is too short to tell."""
    decimals = number.decimals + 2 * number.is_percent
    if decimals < _TELLING_DECIMALS:
        return ""
    results = evidence.results
    found = (reference_to(number, [metric], [run]) for run in results.runs for metric in results.metrics)
    return " or ".join(list(filter(None, found))[:2])


def shown(reference: str, evidence: Evidence) -> str:
    """A reference with what it says here: `[[run_3.mse]] (0.1029)`."""
    filled = fill(reference, evidence, "text")
    return reference if filled.problems else f"{reference} ({filled.text})"


def _is_at(value: float, number: TypedNumber) -> bool:
    """Whether a value is the typed one at its digits, signs aside: "falls by 5%" gives none."""
    return bool(abs(abs(value) - abs(number.value)) <= 0.5 * 10**-number.decimals * (1 + 1e-6))
