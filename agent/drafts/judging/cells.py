"""A number of a table's cell on trial: its context is what headers and caption say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from agent.drafts.judging.case import CHANGED, Case
from agent.drafts.judging.tied import in_pairs
from agent.drafts.judging.within_table import of_cells
from agent.drafts.naming.averaged import heads_average
from agent.drafts.naming.context import Context, Names
from agent.drafts.records.pool import Values
from agent.drafts.tables.cells import Entry
from agent.drafts.tables.entries import entries
from agent.drafts.text.passages import Table
from agent.drafts.text.sentences import CITED


def cases_of_table(table: Table, names: Names, values: Values) -> Iterator[tuple[Entry, Case]]:
    """Each number of a table's body, in order; a spread is of what the mean before it in its cell is of."""
    read = entries(table, names, values)
    cases = [replace(case_of(each, names, values), over_cells=_over_cells(each, read)) for each in read]
    made = of_cells(read, {id(entry) for entry, case in zip(read, cases, strict=True) if _is_sound(case)})
    told = [
        replace(case, of_cells=made[id(entry)].formula) if id(entry) in made else case
        for entry, case in zip(read, cases, strict=True)
    ]
    for _, group in groupby(zip(read, told, strict=True), key=lambda pair: id(pair[0].cell)):
        cell = list(group)
        yield from zip([entry for entry, _ in cell], in_pairs([case for _, case in cell]), strict=True)


def _is_sound(case: Case) -> bool:
    """Whether a cell holds a value of what it is of, or the mean of the cells before it."""
    return case.is_measured or case.is_mean_of_cells


def _over_cells(entry: Entry, read: Sequence[Entry]) -> float | None:
    """The mean of the cells before a mean, in its row or its column; None for any other number."""
    if not entry.averaged or entry.spread:
        return None
    cells: dict[tuple[int, int], float] = {}
    for each in read:
        before = heads_average(entry.cell.column) and each.cell.row_number == entry.cell.row_number
        above = not heads_average(entry.cell.column) and each.cell.column_number == entry.cell.column_number
        place = (each.cell.row_number, each.cell.column_number)
        if (
            (before or above)
            and place < (entry.cell.row_number, entry.cell.column_number)
            and not (each.spread or each.changed or each.averaged)
        ):
            cells.setdefault(place, each.number.value)
    return sum(cells.values()) / len(cells) if len(cells) > 1 else None


def _says_percent(entry: Entry) -> bool:
    """Whether a change is printed in percent, by its own header; a caption's `(%)` is of values, and changes of these are points."""
    return not entry.percents or any("%" in header or "percent" in header.lower() for header in entry.cell.column)


def case_of(entry: Entry, names: Names, values: Values) -> Case:
    context = entry.context
    if entry.changed:
        context = Context(
            metrics=context.metrics,
            runs=context.runs,
            settings=frozenset(),
            others=context.others,
            words=f"{context.words} {CHANGED}{'' if _says_percent(entry) else ' points'}",
        )
    return Case(
        number=entry.number,
        text=entry.cell.text,
        context=context,
        names=names,
        values=values,
        in_table=True,
        percents=entry.percents,
        spread=entry.spread,
        averaged=entry.averaged or entry.of_means,
        scale=entry.scale,
        unit=entry.unit,
        caption=entry.caption,
        cited=any(CITED in header for header in entry.cell.row),
    )
