"""What the cells of a table must be of: by their headers, and where a header names nothing known, by what its cells agree on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from agent.drafts.naming.context import Context, Names
from agent.drafts.naming.in_percent import in_percent
from agent.drafts.naming.switched_off import begun_by, with_nothing_on
from agent.drafts.records.pool import Found, Values, intervals
from agent.drafts.records.runs import Key
from agent.drafts.tables.cells import Entry, entries_of
from agent.drafts.tables.narrowed import SAID, narrowed, narrowed_by_settings
from agent.drafts.text.passages import Table

_Voted = TypeVar("_Voted")
_SEVERAL = 2


def entries(table: Table, names: Names, values: Values) -> list[Entry]:
    """Every number of a table's body, each with its context."""
    read = [entry for cell in table.cells for entry in entries_of(cell, table, names)]
    read = narrowed_by_settings(_of_row_above(read), names)
    plain = (each for each in read if not (each.percents or each.spread or each.changed))
    meant = in_percent(((each.context.metrics, each.number.value) for each in plain), values)
    read = [each.as_percent() if each.context.metrics in meant else each for each in read]
    read = _agreed(read, values, _RUNS, _names_none)
    read = _of_plain_rows(_unsure(read, values))
    read = _agreed(_shares_of_none(_of_one_metric(read, values), values), values, _METRICS, _names_none)
    read = _by_their_beginnings(read, names, values)
    read = _agreed(read, values, _RUNS, _names_several, fewest=2)
    return [_of_change(entry, read) if entry.changed or entry.averaged else entry for entry in read]


def _fits(entry: Entry, values: Values, free_run: bool = False, free_metric: bool = False) -> list[Found]:
    context = entry.context
    return [
        one
        for low, high, _ in intervals(entry.number, entry.percents)
        for one in values.measured.between(low, high)
        if one.role != "spread"
        if free_run or not context.runs or one.run in context.runs
        if free_metric or not context.metrics or one.key in context.metrics
    ]


def _lines(read: list[Entry]) -> Iterator[tuple[tuple[int, int], list[int]]]:
    """The places of the entries of each row, then of each column."""
    for axis in (0, 1):
        held: dict[int, list[int]] = {}
        for place, entry in enumerate(read):
            if not entry.spread and not entry.changed and not entry.averaged:
                held.setdefault((entry.cell.row_number, entry.cell.column_number)[axis], []).append(place)
        yield from (((axis, number), places) for number, places in held.items())


@dataclass(frozen=True)
class _Asked(Generic[_Voted]):
    """What the values of a row or of a column are asked to agree on: their run, or their metric."""

    named: Callable[[Context], frozenset[_Voted]]
    beside: Callable[[Context], frozenset[Any]]
    """What they must differ in, so that their agreement says something."""
    of: Callable[[Found], _Voted]
    settle: Callable[[Entry, int, frozenset[_Voted]], Entry]


_RUNS = _Asked[str](
    named=lambda context: context.runs,
    beside=lambda context: context.metrics,
    of=lambda one: one.run,
    settle=lambda entry, axis, runs: replace(entry, context=replace(entry.context, runs=runs), agreed=axis),
)
_METRICS = _Asked[Key](
    named=lambda context: context.metrics,
    beside=lambda context: context.runs,
    of=lambda one: one.key,
    settle=lambda entry, _, metrics: replace(entry, context=replace(entry.context, metrics=metrics)),
)


def _agreed(
    read: list[Entry],
    values: Values,
    asked: _Asked[_Voted],
    open_to: Callable[[list[frozenset[_Voted]]], bool],
    fewest: int = 1,
) -> list[Entry]:
    """A row or column is of what most of its values are of, where what its headers name leaves that open (`open_to`)."""
    done = list(read)
    for (axis, number), places in _lines(read):
        contexts = [done[place].context for place in places]
        if len(places) < fewest or not open_to([asked.named(each) for each in contexts]):
            continue
        if len({asked.beside(each) for each in contexts}) < 2:
            continue
        votes = Counter(one for place in places for one in {asked.of(found) for found in _fits(done[place], values)})
        if best := _winners(votes, len(places)):
            for place, entry in enumerate(done):
                if (entry.cell.row_number, entry.cell.column_number)[axis] == number:
                    done[place] = asked.settle(entry, axis, frozenset(best))
    return done


def _of_one_metric(read: list[Entry], values: Values) -> list[Entry]:
    """A table whose headers tell runs and no metric is of the one of which most of its values are, each as it stands or as a percentage."""
    plain = [each for each in read if not (each.spread or each.changed or each.averaged)]
    of_runs = all(
        each.context.runs and (not each.context.settings or SAID.search(" | ".join(each.cell.column))) for each in plain
    )
    open_ = of_runs and _names_none([each.context.metrics for each in read])
    if not open_ or len({each.context.runs for each in plain}) <= _SEVERAL:
        return read
    for share in (False, True):
        votes = Counter(
            key for each in plain for key in {one.key for one in _fits(each.as_percent() if share else each, values)}
        )
        best = frozenset(_winners(votes, len(plain)))
        if best and (not share or best <= values.shares):
            named = [replace(each, context=replace(each.context, metrics=best)) for each in read]
            return [each.as_percent() for each in named] if share else named
    return read


def _shares_of_none(read: list[Entry], values: Values) -> list[Entry]:
    """Columns whose headers name no metric as percentages, where hardly a number is a value and most are of one share so."""
    done = list(read)
    for (axis, _), places in _lines(read):
        own = [read[place] for place in places if read[place].number.value > 1 and not read[place].context.metrics]
        if axis == 0 or len(own) < _SEVERAL or 2 * sum(bool(_fits(each, values)) for each in own) > len(own):
            continue
        votes = Counter(
            key for each in own for key in {one.key for one in _fits(each.as_percent(), values)} & values.shares
        )
        column = read[places[0]].cell.column_number
        if _winners(votes, len(own)):
            done = [each.as_percent() if each.cell.column_number == column else each for each in done]
    return done


def _by_their_beginnings(read: list[Entry], names: Names, values: Values) -> list[Entry]:
    """A column whose header names metrics in part, of which hardly a value is one, and begins words of another, of which most are.

    `Loss rec.` of frac_recovered, where there is an l1_loss, too.
    """
    done = list(read)
    for (axis, _), places in _lines(read):
        header = " ".join(read[places[0]].cell.column)
        if axis == 0 or len(places) < _SEVERAL or not names.metrics.only_in_part(header):
            continue
        if 2 * sum(bool(_fits(read[place], values)) for place in places) > len(places):
            continue
        votes = Counter(
            key for place in places for key in {one.key for one in _fits(read[place], values, free_metric=True)}
        )
        best = [key for key in _winners(votes, len(places)) if _begins(header, key)]
        for place in places if len(best) == 1 else ():
            done[place] = replace(read[place], context=replace(read[place].context, metrics=frozenset(best)))
    return done


def _begins(header: str, key: Key) -> bool:
    """Whether a word of a header, of three letters or more, is one of a metric's or its beginning."""
    own = [word for part in key.path for word in re.findall(r"[a-z]+", part.lower())]
    said = [word for word in re.findall(r"[a-z]+", header.lower()) if len(word) > _SEVERAL]
    return any(one.startswith(word) for word in said for one in own)


def _of_row_above(read: list[Entry]) -> list[Entry]:
    """A row of spreads that names no metric is of that of the row above: `SD` under `AUROC`."""
    metrics: dict[int, frozenset[Key]] = {}
    done: list[Entry] = []
    for entry in read:
        column = entry.cell.column_number
        if entry.spread and not entry.context.metrics and column in metrics:
            entry = replace(entry, context=replace(entry.context, metrics=metrics[column]))
        elif not entry.spread:
            metrics[column] = entry.context.metrics
        done.append(entry)
    return done


def _unsure(read: list[Entry], values: Values) -> list[Entry]:
    """Where headers are only like the names of runs, the one of these of which most values of the row are."""
    open_ = [place for place, entry in enumerate(read) if entry.alike]
    if not open_:
        return read
    wide = [replace(each, context=replace(each.context, runs=each.alike)) if each.alike else each for each in read]
    settled = _agreed(wide, values, _RUNS, _names_several)
    done = list(read)
    for place in open_:
        own, told, like = read[place].context.runs, settled[place].context.runs, len(read[place].alike)
        if (len(own) < _SEVERAL or told <= own) and (len(told) < like or like == 1):
            done[place] = settled[place]
        if len(done[place].context.runs) == 1:
            done[place] = replace(done[place], agreed=0)  # the text may call it so, too
    return done


def _of_plain_rows(read: list[Entry]) -> list[Entry]:
    """A row that others go on from (`r=8, both tricks`) is of the runs in which no switch is on."""
    plain = begun_by(each.cell.row[-1] for each in read if each.cell.row)
    runs = [with_nothing_on(each.context.runs) if {*each.cell.row[-1:]} & plain else frozenset() for each in read]
    return [narrowed(each, own) for each, own in zip(read, runs, strict=True)]


def _names_none(named: Sequence[frozenset[Any]]) -> bool:
    return not any(named)


def _names_several(named: Sequence[frozenset[Any]]) -> bool:
    """All the same, and more than one: "ours" of three variants."""
    return len(set(named)) == 1 and len(named[0]) > 1


def _winners(votes: Counter[_Voted], of: int) -> list[_Voted]:
    """Who has the most votes, where that is at least two and more than half."""
    most = max(votes.values(), default=0)
    return [one for one, count in votes.items() if count == most] if most >= 2 and 2 * most > of else []


def _of_change(entry: Entry, read: list[Entry]) -> Entry:
    """A column of changes is of the metrics of the columns before it, where its own header names none; of several, each is of the one before it."""
    row = [each for each in read if each.cell.row_number == entry.cell.row_number]
    before = [each for each in row if each.cell.column_number < entry.cell.column_number]
    values = [each for each in before if not each.changed and not each.averaged and not each.spread]
    if (
        entry.changed
        and not entry.averaged
        and values
        and len({each.cell.column_number for each in row if each.changed}) >= _SEVERAL
    ):
        last = values[-1].context
        runs = last.runs if last.runs < entry.context.runs else entry.context.runs
        metrics = entry.context.metrics & last.metrics or last.metrics
        return replace(entry, context=replace(entry.context, runs=runs, metrics=metrics))
    if entry.context.metrics and not entry.averaged:
        return entry
    metrics = frozenset[Key]().union(*(each.context.metrics for each in before))
    return replace(entry, context=replace(entry.context, metrics=metrics)) if before else entry
