"""A number of a table's cell on trial: its context is what headers and caption say."""

from __future__ import annotations

from agent.drafts.judging.case import Case
from agent.drafts.naming.cells import Entry
from agent.drafts.naming.context import Context, Names
from agent.drafts.records.pool import Values
from agent.drafts.text.sentences import CITED


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
            words=f"{context.words} change by{'' if _says_percent(entry) else ' points'}",
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
        averaged=entry.averaged,
        scale=entry.scale,
        unit=entry.unit,
        caption=entry.caption,
        cited=any(CITED in header for header in entry.cell.row),
    )
