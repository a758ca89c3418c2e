"""What cells of a table are of its other cells: ranks, changes against one row or one column.

Which it is is not read from words: the one way in which most of a line come out counts for those that do.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from agent.drafts.tables.cells import Entry
from agent.drafts.text.numerals import Numeral

Place = tuple[int, int]
_RANK = re.compile(r"\bran(?:k|ks|king)\b", re.IGNORECASE)
_FEWEST = 2
_MOST_LINES = 5
"""Lines of which each may be ranked either way."""


@dataclass(frozen=True)
class OfCells:
    """What a number comes to by other cells, and how."""

    formula: str
    value: float
    slack: float


def of_cells(read: Sequence[Entry], sound: Collection[int]) -> Mapping[int, OfCells]:
    """The entries, by their identity, that are what other cells of the table make them; changes only of those that are `sound`."""
    values: dict[Place, Numeral] = {}
    for each in read:
        if not (each.spread or each.changed or ranks(each)):
            values.setdefault(_place(each), each.number)
    proven = {_place(each): values[_place(each)] for each in read if id(each) in sound and _place(each) in values}
    found: dict[int, OfCells] = {}
    for axis in (0, 1):
        for line in _lines([each for each in read if ranks(each)], axis):
            found |= _best(line, list(_ranked(line, values, axis)))
        for line in _lines([each for each in read if each.changed and not each.spread], axis):
            found |= _best(line, list(_compared(line, proven, axis)))
    return found


def ranks(entry: Entry) -> bool:
    """Whether an entry stands under, or behind, a rank."""
    return bool(_RANK.search(" | ".join([*entry.cell.column[-1:], *entry.cell.row[-1:]])))


def _place(entry: Entry) -> Place:
    return entry.cell.row_number, entry.cell.column_number


def _lines(read: Sequence[Entry], axis: int) -> Iterator[list[Entry]]:
    """The entries of each row (0) or column (1)."""
    held: dict[int, list[Entry]] = {}
    for each in read:
        held.setdefault(_place(each)[axis], []).append(each)
    yield from (line for line in held.values() if len(line) >= _FEWEST)


def _best(line: Sequence[Entry], ways: Sequence[Mapping[int, OfCells]]) -> dict[int, OfCells]:
    """What most of a line come out as in one way, of those that do; nothing where it is not most."""
    fitting = [
        {id(each): way[id(each)] for each in line if id(each) in way and _fits(each.number, way[id(each)])}
        for way in ways
    ]
    best = max(fitting, key=len, default={})
    return best if len(best) >= _FEWEST and 2 * len(best) > len(line) else {}


def _fits(number: Numeral, told: OfCells) -> bool:
    signed = number.shown[:1] in "+-−" and not number.factor
    value = -abs(number.value) if number.shown[:1] in "-−" else number.value
    apart = abs(value - told.value) if signed else abs(abs(value) - abs(told.value))
    return apart <= (number.half + told.slack) * (1 + 1e-6)


def _at(values: Mapping[Place, Numeral], axis: int, line: int, place: int) -> Numeral | None:
    """The value of a line along an axis, at a place of it."""
    return values.get((line, place) if axis == 0 else (place, line))


def _ranked(line: Sequence[Entry], values: Mapping[Place, Numeral], axis: int) -> Iterator[dict[int, OfCells]]:
    """Ranks along a line by one of the others, or by the mean over all, the highest or the lowest first."""
    places = {id(each): _place(each)[1 - axis] for each in line}
    told = []
    for other in sorted({place[axis] for place in values}):
        own = {name: one.value for name, place in places.items() if (one := _at(values, axis, other, place))}
        if len(own) == len(line):
            told.append([_order(own, high) for high in (True, False)])
    yield from (
        {name: OfCells("rank by a line of the table", rank, 0.0) for name, rank in way.items()}
        for ways in told
        for way in ways
    )
    for chosen in product(*told) if len(told) <= _MOST_LINES else zip(*told, strict=True):
        means = {name: sum(way[name] for way in chosen) / len(chosen) for name in places} if chosen else {}
        yield {
            name: OfCells(f"mean rank over {len(chosen)} lines of the table", mean, 0.0) for name, mean in means.items()
        }


def _order(values: Mapping[int, float], high: bool) -> dict[int, float]:
    """Ranks; those that are alike share one."""
    return {
        name: 1
        + sum((other > own) if high else (other < own) for other in values.values())
        + 0.5 * (sum(other == own for other in values.values()) - 1)
        for name, own in values.items()
    }


def _compared(line: Sequence[Entry], values: Mapping[Place, Numeral], axis: int) -> Iterator[dict[int, OfCells]]:
    """Changes along a line between a line of values and its value at one place."""
    places = {id(each): _place(each)[1 - axis] for each in line}
    for other in sorted({place[axis] for place in values}):
        for base in sorted({place[1 - axis] for place in values}):
            start = _at(values, axis, other, base)
            pairs = {id(each): (each.number, _at(values, axis, other, places[id(each)])) for each in line}
            if start is None:
                continue
            own = {name: (number, one) for name, (number, one) in pairs.items() if one is not None}
            yield {name: told for name, (number, one) in own.items() if (told := _change(number, one, start))}


def _change(number: Numeral, one: Numeral, base: Numeral) -> OfCells | None:
    """The change that a number may be, in its form."""
    if not (number.factor or number.percent):
        slack = one.half + base.half
        return OfCells("difference of two cells of the table", one.value - base.value, slack)
    if not base.value or not one.value:
        return None
    ratio = one.value / base.value
    slack = ratio * (one.half / abs(one.value) + base.half / abs(base.value))
    if number.percent:
        return OfCells("change between two cells of the table", 100 * (ratio - 1), 100 * abs(slack))
    turned = abs(1 / ratio - number.value) < abs(ratio - number.value)
    return OfCells(
        "ratio of two cells of the table", 1 / ratio if turned else ratio, abs(slack / ratio**2 if turned else slack)
    )
