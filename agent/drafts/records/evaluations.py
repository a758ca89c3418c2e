"""Folders of evaluations: `core/topk.json` beside `probing/topk.json` are one run, tried in two ways, and not two runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from agent.drafts.records.runs import Key, Run

_FEWEST = 2
_SHARED = 0.2
"""Of what two evaluations measure, at most so much has one name; the same method on two data sets is measured alike."""


def by_what_was_tried(runs: Sequence[Run]) -> list[Run]:
    """The runs, those of several evaluations put together, each metric under the name of its own."""
    held: dict[str, dict[str, Run]] = {}
    for run in runs:
        first, _, rest = run.name.partition("/")
        held.setdefault(first, {})[rest] = run
    if not _are_evaluations(held):
        return list(runs)
    joined: dict[str, Run] = {}
    for evaluation, tried in held.items():
        for name, run in tried.items():
            own = _within(evaluation, name, run)
            joined[name] = _both(joined[name], own) if name in joined else own
    return list(joined.values())


def _are_evaluations(held: Mapping[str, Mapping[str, Run]]) -> bool:
    if len(held) < _FEWEST or any("" in tried for tried in held.values()):
        return False
    pairs = list(combinations(held.values(), 2))
    same = all(len(one.keys() & two.keys()) >= min(_FEWEST, len(one), len(two)) for one, two in pairs)
    return same and max(map(len, held.values())) >= _FEWEST and all(_differ(one, two) for one, two in pairs)


def _differ(one: Mapping[str, Run], two: Mapping[str, Run]) -> bool:
    names = [
        {each.key.path[-1] for run in tried.values() for each in run.quantities if each.role == "value"}
        for tried in (one, two)
    ]
    return all(names) and len(names[0] & names[1]) <= _SHARED * min(map(len, names))


def _within(evaluation: str, name: str, run: Run) -> Run:
    def moved(key: Key) -> Key:
        return replace(key, path=(evaluation, *key.path))

    return replace(
        run,
        name=name,
        quantities=tuple(
            replace(one, run=name, key=one.key if one.role == "setting" else moved(one.key)) for one in run.quantities
        ),
        series=tuple(replace(one, run=name, key=moved(one.key)) for one in run.series),
    )


def _both(one: Run, two: Run) -> Run:
    return replace(
        one,
        quantities=one.quantities + two.quantities,
        series=one.series + two.series,
        labels=tuple(dict.fromkeys(one.labels + two.labels)),
        words={**two.words, **one.words},
        signs=tuple(dict.fromkeys(one.signs + two.signs)),
    )
