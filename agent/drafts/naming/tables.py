"""What the cells of a table must be of: by their headers, and where a header names nothing known, by what its cells agree on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from agent.drafts.naming.cells import Entry, entries_of, runs_of
from agent.drafts.naming.context import Names
from agent.drafts.records.pool import Found, Values, intervals
from agent.drafts.records.runs import Key
from agent.drafts.text.passages import Table
from agent.drafts.text.sentences import CITED

_Voted = TypeVar("_Voted")


def entries(table: Table, names: Names, values: Values) -> list[Entry]:
    """Every number of a table's body, each with its context."""
    read = [entry for cell in table.cells for entry in entries_of(cell, table, names)]
    read = _agreed_runs(read, values)
    read = _agreed_metrics(read, values)
    read = _one_run_a_row(read, values)
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


def _agreed_runs(read: list[Entry], values: Values) -> list[Entry]:
    """A row or column whose header names no run is that of the run which most of its values are of."""
    done = list(read)
    for (axis, number), places in _lines(read):
        if any(done[place].context.runs for place in places) or len({done[p].context.metrics for p in places}) < 2:
            continue
        votes = Counter(run for place in places for run in {one.run for one in _fits(done[place], values)})
        best = _winners(votes, len(places))
        if best:
            _set(done, axis, number, runs=frozenset(best))
    return done


def _agreed_metrics(read: list[Entry], values: Values) -> list[Entry]:
    """The same for metrics."""
    done = list(read)
    for (axis, number), places in _lines(read):
        if any(done[place].context.metrics for place in places) or len({done[p].context.runs for p in places}) < 2:
            continue
        votes = Counter(key for place in places for key in {one.key for one in _fits(done[place], values)})
        best = _winners(votes, len(places))
        if best:
            _set(done, axis, number, metrics=frozenset(best))
    return done


def _winners(votes: Counter[_Voted], of: int) -> list[_Voted]:
    """Who has the most votes, where that is at least two and more than half."""
    most = max(votes.values(), default=0)
    return [one for one, count in votes.items() if count == most] if most >= 2 and 2 * most > of else []


def _set(
    done: list[Entry], axis: int, number: int, runs: frozenset[str] | None = None, metrics: frozenset[Key] | None = None
) -> None:
    for place, entry in enumerate(done):
        if (entry.cell.row_number, entry.cell.column_number)[axis] == number:
            context = entry.context
            context = context if runs is None else replace(context, runs=runs)
            context = context if metrics is None else replace(context, metrics=metrics)
            done[place] = replace(entry, context=context, agreed=entry.agreed if runs is None else axis)


def _one_run_a_row(read: list[Entry], values: Values) -> list[Entry]:
    """A row of several runs at once ("ours") is that of the one which most of its values are of."""
    done = list(read)
    for (axis, number), places in _lines(read):
        wide = {done[place].context.runs for place in places}
        if (
            len(wide) != 1
            or len(next(iter(wide))) < 2
            or len(places) < 2
            or len({done[p].context.metrics for p in places}) < 2
        ):
            continue
        votes = Counter(run for place in places for run in {one.run for one in _fits(done[place], values)})
        best = _winners(votes, len(places))
        if best:
            _set(done, axis, number, runs=frozenset(best))
    return done


def _of_change(entry: Entry, read: list[Entry]) -> Entry:
    """A column of changes is of the metrics of the columns before it, where its own header names none."""
    if entry.context.metrics and not entry.averaged:
        return entry
    before = [
        each.context.metrics
        for each in read
        if each.cell.row_number == entry.cell.row_number and each.cell.column_number < entry.cell.column_number
    ]
    return replace(entry, context=replace(entry.context, metrics=frozenset().union(*before))) if before else entry


def learned(tables: Iterable[Table], names: Names, values: Values) -> dict[str, frozenset[str]]:
    """What rows and columns are called whose runs only their values tell: the text may call them so too."""
    found: dict[str, frozenset[str]] = {}
    for table in tables:
        for entry in entries(table, names, values):
            if entry.agreed is None or len(entry.context.runs) != 1:
                continue
            header = (entry.cell.row, entry.cell.column)[entry.agreed][-1:]
            if header and not runs_of(header, names) and not names.metrics.named(header[0]):
                found.setdefault(header[0].replace(CITED, "").strip(), entry.context.runs)
    return {name: runs for name, runs in found.items() if re.search(r"[A-Za-z]{3}", name)}


def leading(tables: Iterable[Table], names: Names, values: Values) -> frozenset[Key]:
    """The metric that most values of the tables are of, on all data sets."""
    counted = Counter(entry.context.metrics for table in tables for entry in entries(table, names, values))
    counted.pop(frozenset(), None)
    return names.metrics.widened(counted.most_common(1)[0][0]) if counted else frozenset()
