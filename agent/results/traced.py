"""Each number of a figure and the file in which it stands: what was drawn is held against what was measured."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_MOST_SOURCES = 40
"""Places named of one series: of a cloud of points from as many places the rest is counted."""
_SIDES = ("x", "y")
Place = tuple[str, str]
"""A file, and where in it: `metrics.mse.mean`; the numbers of a list share one."""


@dataclass(frozen=True)
class Traced:
    """A figure's series with their sources, as figures/NAME.json tells them, and how many of their numbers have one."""

    figure: str
    series: tuple[dict[str, Any], ...]
    read: int
    computed: int
    left_out: int = 0

    @property
    def written(self) -> dict[str, Any]:
        """The content of figures/NAME.json."""
        counts = {"read_from_files": self.read, "computed": self.computed, "left_out": self.left_out}
        return {"figure": self.figure, "numbers": counts, "series": list(self.series)}

    @property
    def strangers(self) -> list[float]:
        """Numbers that stand in no file: what the script computed, or what was typed into it."""
        return [value for series in self.series for side in _SIDES for value in series.get(f"{side}_computed", ())]


@dataclass(frozen=True)
class Files:
    """Where each number of the files stands."""

    places: Mapping[str, Sequence[Place]] = field(default_factory=dict)

    @classmethod
    def of(cls, contents: Mapping[str, Any]) -> Files:
        """Of files by name, each as it was read."""
        places: dict[str, list[Place]] = {}
        for name, content in contents.items():
            for where, value in _leaves(content, ""):
                found = places.setdefault(_key(value), [])
                if (name, where) not in found[-1:]:
                    found.append((name, where))
        return cls(places)

    def holding(self, value: float) -> Sequence[Place]:
        """Where this number stands."""
        return self.places.get(_key(value), ())


def traced(told: Mapping[str, Any], files: Files) -> Traced:
    """What a script's figure shows, with the places in `files` where its numbers stand. Raises ValueError where `told` has
    not the form of figures/NAME.json."""
    series, read, computed = [], 0, 0
    entries = told.get("series")
    if not isinstance(entries, list):
        raise ValueError("'series' is no list")
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise ValueError("a series is no object")
        found: dict[str, Any] = {name: str(entry[name]) for name in ("panel", "label", "kind") if entry.get(name)}
        for side in (side for side in _SIDES if side in entry):
            values = _values(entry[side])
            sources, strange = _sources([value for value in values if value is not None], files)
            found |= {side: values, f"{side}_from": sources} | ({f"{side}_computed": strange} if strange else {})
            read += len([value for value in values if value is not None]) - len(strange)
            computed += len(strange)
        series.append(found)
    left_out = told.get("left_out", 0)
    return Traced(
        str(told.get("figure", "")), tuple(series), read, computed, left_out if isinstance(left_out, int) else 0
    )


def _sources(values: list[float], files: Files) -> tuple[list[str], list[float]]:
    """The fewest places that hold these numbers, those with most of them first, and the numbers that none holds.

    Positions (0, 1, 2 …) along an axis are no results: whole numbers that stand nowhere are left out.
    """
    held = {value: set(files.holding(value)) for value in values}
    strange = [value for value in values if not held[value] and value != int(value)]
    left = {value for value in values if held[value]}
    tails = Counter(where for value in left for _, where in held[value])
    found: list[str] = []
    while left and len(found) < _MOST_SOURCES:
        counted = Counter(place for value in left for place in held[value])
        best = min(counted, key=lambda place: (-counted[place], -tails[place[1]], _order(place)))
        found.append(f"{best[0]}: {best[1]}")
        left = {value for value in left if best not in held[value]}
    return found + ([f"{len(left)} numbers more, from other places"] if left else []), strange


def _order(place: Place) -> tuple[bool, int, Place]:
    """Among equals a metric first, then the shortest place: a setting has the same number by chance."""
    return not place[1].startswith("metrics."), len(place[1]), place


def _values(found: Any) -> list[float | None]:
    if not isinstance(found, list) or not all(value is None or _is_number(value) for value in found):
        raise ValueError("the numbers of a series are no list of numbers")
    return found


def _leaves(content: Any, where: str) -> Iterator[tuple[str, float]]:
    entries: Iterable[tuple[str, Any]] = ()
    if _is_number(content):
        yield where, content
    elif isinstance(content, Mapping):
        entries = ((f"{where}.{name}" if where else str(name), value) for name, value in content.items())
    elif isinstance(content, list):
        entries = ((where, value) for value in content)
    for name, value in entries:
        yield from _leaves(value, name)


def _key(value: float) -> str:
    """Equal for two numbers that differ by rounding alone, but for those at an edge."""
    return f"{value:.12g}" if value else "0"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
