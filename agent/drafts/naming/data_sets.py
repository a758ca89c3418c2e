"""Where a text names the data sets that the metrics of a folder are of: `on Shakespeare, enwik8 and text8`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

_LIST = re.compile(r"^\s*(?:,|/|;)?\s*(?:and|or|&|versus|vs\.?)?\s*(?:on\s+|for\s+|the\s+)?$")
_PARTS = re.compile(r"[A-Za-z]+|\d+")
_PARTED = re.compile(r"[_\s-]+")
_ENOUGH = 4
"""Letters of the first word of a data set's name by which it may be called."""


@dataclass(frozen=True)
class Named:
    """text[start:end] names this data set."""

    start: int
    end: int
    name: str


@dataclass(frozen=True)
class DataSets:
    """The data sets, classes or tasks of a folder's metrics, by the names that they have there."""

    names: frozenset[str]

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        firsts = Counter(parts[0].lower() for name in self.names if (parts := _PARTS.findall(name)))
        found = []
        for name in sorted(self.names, key=lambda each: (-len(each), each)):
            parts = _PARTS.findall(name)
            if sum(map(len, parts)) < 3:
                continue  # a letter or a number alone is mostly something else
            one = len(parts) == 1 and len(name) > _ENOUGH
            spelt = "-?".join(name) if one and name.isalpha() else r"[\W_]{0,2}".join(map(re.escape, parts))
            alone = parts[0].isalpha() and len(parts[0]) >= _ENOUGH and firsts[parts[0].lower()] == 1
            short = f"|{re.escape(parts[0])}" if alone and len(parts) > 1 else ""
            found.append((name, re.compile(rf"(?<![A-Za-z0-9])(?:{spelt}{short})(?![A-Za-z0-9])", re.IGNORECASE)))
        return found

    def named(self, text: str) -> list[Named]:
        """Every data set that the text names, in order of place."""
        found: list[Named] = []
        for name, pattern in self._patterns:
            for match in pattern.finditer(text):
                if not any(match.start() < each.end and each.start < match.end() for each in found):
                    found.append(Named(match.start(), match.end(), name))
        return sorted(found, key=lambda each: each.start)

    def rows(self, text: str) -> list[list[Named]]:
        """The data sets that stand in a list, each list in order."""
        rows: list[list[Named]] = []
        for each in self.named(text):
            joined = bool(rows) and _LIST.match(text[rows[-1][-1].end : each.start]) is not None
            rows = [*rows[:-1], [*rows[-1], each]] if joined else [*rows, [each]]
        return [row for row in rows if len(row) > 1]


def in_place(rows: Sequence[Sequence[Named]], count: int, place: int, before: int) -> str:
    """The data set of the number at `place` of `count` in a list, where a list of as many data sets stands: the last one before
    the numbers, else the first behind them; empty where there is none."""
    fitting = [row for row in rows if len(row) == count]
    earlier = [row for row in fitting if row[0].start < before]
    chosen = (earlier[-1:] or fitting[:1]) if count > 1 else []
    return chosen[0][place].name if chosen else ""


def data_sets(qualifiers: Iterable[frozenset[str]]) -> DataSets:
    """Those of a folder's metrics."""
    return DataSets(frozenset().union(*qualifiers))


def shortened(names: Iterable[str]) -> dict[str, str]:
    """How data sets of two words are called for short, with what these are: ARC-e, ARC-E and arc-e of `arc_easy`."""
    found: dict[str, str] = {}
    for name in names:
        parts = _PARTED.split(name)
        if len(parts) == 2 and all(part.isalpha() and len(part) > 2 for part in parts):
            first, letter = parts[0], parts[1][0]
            for short in (first.upper(), first.capitalize(), first):
                found |= {f"{short}-{letter.lower()}": " ".join(parts), f"{short}-{letter.upper()}": " ".join(parts)}
    return found
