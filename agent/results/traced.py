"""Each number of a figure and the file in which it stands: what was drawn is held against what was measured."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agent.results.final_info import is_finite

_LIST = 3
"""Whole numbers that are no positions by chance, where one list holds them all."""
_MOST_SOURCES = 40
"""Places named of one series: of a cloud of points from as many places the rest is counted."""
_PARTS = ("metrics", "config", "training")
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
        named = ("panel", "label", "kind", "x_label", "y_label")
        found: dict[str, Any] = {name: str(entry[name]) for name in named if entry.get(name)}
        for side in (side for side in _SIDES if side in entry):
            values = _values(entry[side])
            hint = f"{found.get(f'{side}_label', '') if 'y_label' in entry else found.get('panel', '')} {found.get('label', '')}"
            sources, strange, held = _sources([value for value in values if value is not None], files, _plain(hint))
            found |= {side: values, f"{side}_from": sources} | ({f"{side}_computed": strange} if strange else {})
            read += held
            computed += len(strange)
        series.append(found)
    left_out = told.get("left_out", 0)
    return Traced(
        str(told.get("figure", "")), tuple(series), read, computed, left_out if isinstance(left_out, int) else 0
    )


def untrue(told: Mapping[str, Any], files: Files) -> str:
    """The first series of figures/NAME.json that has a number which does not stand where it says, in words; empty where there is none.

    What it says is held against the files, however the places were found: a later version may look for them in another way.
    Raises ValueError as `traced` does.
    """
    traced(told, files)  # its form
    for at, entry in enumerate(told["series"], start=1):
        for side in (side for side in _SIDES if side in entry):
            sources, computed = _strings(entry.get(f"{side}_from", [])), _values(entry.get(f"{side}_computed", []))
            anywhere = any(" numbers more, " in source for source in sources)
            for value in (value for value in _values(entry[side]) if value is not None):
                places = {f"{file}: {where}" for file, where in files.holding(value)}
                if value == int(value) or value in computed or places & sources or (anywhere and places):
                    continue
                shown = " ".join(str(entry.get(part, "")) for part in ("panel", "label")).strip()[:120]
                stands = "stands elsewhere" if places else "stands in no result"
                return f"series {at} ({shown}) shows {value:g}, which {stands}"
    return ""


def numbers_of(contents: Mapping[str, Any]) -> Iterator[float]:
    """Every number that stands in files by name."""
    return (value for content in contents.values() for _, value in _leaves(content, ""))


def _sources(values: list[float], files: Files, hint: str) -> tuple[list[str], list[float], int]:
    """The fewest places that hold these numbers, those with most of them first; the numbers that none holds; how many are held.

    Whole numbers stand in many places by chance, and rows along an axis (0, 1, 2 …) are no results: they are looked for where
    the axis names the place (`hint`), where the others stand, or where one list holds them all; else they are positions.
    """
    telling = {value for value in values if value != int(value)}
    held = {value: set(files.holding(value)) for value in set(values)}
    strange = [value for value in values if not held[value] and value in telling]
    left, found, chosen = {value for value in telling if held[value]}, list[str](), set[Place]()
    whole = {value for value in values if value not in telling}
    left |= {value for value in whole if any(_is_named(place, hint) for place in held[value])}
    if not telling and len(whole) >= _LIST:
        left |= whole if set.intersection(*(held[value] for value in whole)) else set()
    while left and len(found) < _MOST_SOURCES:
        counted = Counter(place for value in left for place in held[value])
        across = Counter(
            where for value in left for where in {where for _, where in held[value]}
        )  # of all runs together
        best = min(
            counted,
            key=lambda place: (-across[place[1]], not _is_named(place, hint), _order(place[1]), -counted[place], place),
        )
        found.append(f"{best[0]}: {best[1]}")
        chosen.add(best)
        left = {value for value in left if best not in held[value]}
    more = [f"{len(left)} numbers more, from other places"] if left else []
    known = sum(1 for value in values if (value in telling and held[value]) or held[value] & chosen)
    return found + more, strange, known


def _is_named(place: Place, hint: str) -> bool:
    """Whether the words of an axis, or of a series, name what stands at a place: `absorption` for metrics.absorption.mean."""
    return any(f" {_plain(part).strip()} " in hint for part in place[1].split(".")[1:] or [place[1]] if part != "mean")


def _plain(text: str) -> str:
    return f" {re.sub(r'[^a-z0-9]+', ' ', text.lower()).strip()} "


def _order(where: str) -> tuple[int, bool, str]:
    """Among equals a metric first, then a setting and the training's record, details last: a long list has any
    round number by chance."""
    part = where.partition(".")[0]
    return (_PARTS.index(part) if part in _PARTS else len(_PARTS)), part == "details", where


def _values(found: Any) -> list[float | None]:
    if not isinstance(found, list) or not all(value is None or is_finite(value) for value in found):
        raise ValueError("the numbers of a series are no list of numbers")
    return found


def _strings(found: Any) -> set[str]:
    if not isinstance(found, list) or not all(isinstance(value, str) for value in found):
        raise ValueError("the sources of a series are no list of places")
    return set(found)


def _leaves(content: Any, where: str) -> Iterator[tuple[str, float]]:
    entries: Iterable[tuple[str, Any]] = ()
    if is_finite(content):
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
