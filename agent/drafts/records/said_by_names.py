"""Numbers of files that the names of their runs say: the `sparsity` 0.5 of `wanda_s50` was chosen, not measured."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent.drafts.records.pool import is_row
from agent.drafts.records.runs import Key, Quantity, Run

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_LENGTH = re.compile(r"(?:(?:n|num|max|total|train|training)_)*(?:epochs|seeds|folds)", re.IGNORECASE)
_ASSIGNED = re.compile(r"([A-Za-zα-ω]\w*)\s*=\s*(\d+(?:\.\d+)?)(?![\w.])")
_FEWEST = 2
IN_A_NAME = "level"
"""What a setting is called of which a file gives the values alone."""


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


def set_in_names(runs: Sequence[Run]) -> Iterator[Quantity]:
    """What the titles of runs set (`masked p=0.1`), and the values by which a file parts what it measured (`{"0.1": {"acc": …}}`)."""
    told: set[tuple[str, str]] = set()
    for run in runs:
        for title in run.labels:
            told |= {(match[1], match[2]) for match in _ASSIGNED.finditer(title)}
        for one in run.quantities:
            told |= {(IN_A_NAME, part) for part in one.key.qualifiers if _NUMBER.fullmatch(part)}
    for name, value in sorted(told):
        yield Quantity("", "", Key((name,)), float(value), "setting", f"{name} in the name of what was run")


def _chosen(runs: Sequence[Run]) -> frozenset[Key]:
    held: dict[Key, list[tuple[float, bool]]] = {}
    for run in runs:
        numbers = {float(one) for one in _NUMBER.findall(run.name)}
        for one in run.quantities if numbers else ():
            if one.role == "value":
                held.setdefault(one.key, []).append((one.value, _is_said(one, numbers)))
    said = {
        key
        for key, told in held.items()
        if all(said for _, said in told) and len({value for value, _ in told}) >= _FEWEST
    }
    return frozenset({*said, *_shared(runs), *_groups(runs)})


def _shared(runs: Sequence[Run]) -> Iterator[Key]:
    """How long all were trained: `epochs` of one whole number in every run."""
    held: dict[Key, dict[str, float]] = {}
    for run in runs:
        for one in run.quantities:
            if one.role == "value" and _LENGTH.fullmatch(one.key.path[-1]) and not is_row(one.place):
                held.setdefault(one.key, {})[run.name] = one.value
    for key, told in held.items():
        if (
            len(told) == len(runs) >= _FEWEST
            and len(set(told.values())) == 1
            and next(iter(told.values())).is_integer()
        ):
            yield key


def _groups(runs: Sequence[Run]) -> Iterator[Key]:
    """Groups in which every number is whole and the same wherever it is given: `engine: {batch_size: 1, temperature: 0}`."""
    held: dict[tuple[str, ...], dict[Key, set[float]]] = {}
    for run in runs:
        for one in run.quantities:
            if one.role in ("value", "setting") and not is_row(one.place) and not one.key.qualifiers:
                held.setdefault(one.key.path[:-1], {}).setdefault(one.key, set()).add(one.value)
    for above, own in held.items():
        same = all(len(values) == 1 and min(values).is_integer() for values in own.values())
        if above and same and len(own) > _FEWEST and len(runs) > _FEWEST:
            yield from own


def _is_said(one: Quantity, numbers: set[float]) -> bool:
    """As it is, or in percent."""
    return any(abs(one.value - each) < 1e-9 or abs(100 * one.value - each) < 1e-9 for each in numbers)
