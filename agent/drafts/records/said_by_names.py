"""Numbers of files that the names of their runs say: the `sparsity` 0.5 of `wanda_s50` was chosen, not measured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.drafts.records.runs import Key, Quantity, Run

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_FEWEST = 2


def as_settings(runs: Sequence[Run]) -> list[Run]:
    """The runs, with the role of a setting for each key of which the names of all runs that have a number in them say the value."""
    chosen = _chosen(runs)
    return [
        replace(
            run, quantities=tuple(replace(one, role="setting") if one.key in chosen else one for one in run.quantities)
        )
        if chosen
        else run
        for run in runs
    ]


def _chosen(runs: Sequence[Run]) -> frozenset[Key]:
    held: dict[Key, list[tuple[float, bool]]] = {}
    for run in runs:
        numbers = {float(one) for one in _NUMBER.findall(run.name)}
        for one in run.quantities if numbers else ():
            if one.role == "value":
                held.setdefault(one.key, []).append((one.value, _is_said(one, numbers)))
    return frozenset(
        key
        for key, told in held.items()
        if all(said for _, said in told) and len({value for value, _ in told}) >= _FEWEST
    )


def _is_said(one: Quantity, numbers: set[float]) -> bool:
    """As it is, or in percent."""
    return any(abs(one.value - each) < 1e-9 or abs(100 * one.value - each) < 1e-9 for each in numbers)
