"""Curves of runs that name the terms of their loss differently, or log what does not move."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence

from harness.show.runs import Run

_ALIKE = 2.0
"""Factor within which a term that has another name stays beside the baseline's, by median, to be taken for the same."""
_STILL = 1e-3
"""Of its size: a quantity that moves by less is constant to a reader, and its axis would show the last digits of a float."""


def term(run: Run, name: str, runs: Sequence[Run]) -> str:
    """Under which name a run logs a quantity: its own, or that of a term of which the baseline knows nothing and which runs where
    the baseline's quantity runs; empty where none does.

    A run that renames `reconstruction` to `recon` stays in the panel of the reconstruction.
    """
    if run.curve(name):
        return name
    base = next((each for each in runs if each.is_baseline), None)
    if base is None or not base.curve(name):
        return ""
    known = base.info.get("training", {}).get("curve", {})
    away = {
        other: _distance(base, name, run, other)
        for other in run.info.get("training", {}).get("curve", {})
        if other not in known
    }
    nearest = min(away, key=lambda other: away[other], default="")
    return nearest if nearest and away[nearest] <= math.log(_ALIKE) else ""


def moving(runs: Sequence[Run], shown: Mapping[str, str], skip: int = 0) -> tuple[dict[str, str], str]:
    """Of the quantities to be drawn (name → label) those that some run logged and that move, and in words those that do not."""
    drawn, still = {}, []
    for name, label in shown.items():
        values = [run.curve(known)[skip:] for run in runs if (known := term(run, name, runs))]
        flat = [value for curve in values for value in curve if math.isfinite(value)]
        if not flat:
            continue
        if max(flat) - min(flat) <= _STILL * max(map(abs, flat)):
            still.append(f"{label} ({statistics.median(flat):.4g} throughout)")
        else:
            drawn[name] = label
    return drawn, f"not drawn, since it does not move: {', '.join(still)}" if still else ""


def _distance(base: Run, name: str, run: Run, other: str) -> float:
    """How far two curves are from each other: the median over their common steps of |log ratio|; infinite where that is unknown."""
    theirs = dict(zip(base.curve("step"), base.curve(name), strict=False))
    pairs = [
        (value, theirs[step])
        for step, value in zip(run.curve("step"), run.curve(other), strict=False)
        if step in theirs
    ]
    ratios = [abs(math.log(mine / its)) for mine, its in pairs if mine > 0 and its > 0]
    return statistics.median(ratios) if ratios else math.inf
