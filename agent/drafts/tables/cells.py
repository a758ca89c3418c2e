"""One cell of a table: what its headers and the caption say that its numbers must be of, and how they are printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.drafts.naming.averaged import is_average, is_beside_sets
from agent.drafts.naming.bare import runs_of_bare
from agent.drafts.naming.context import Context, Names
from agent.drafts.naming.scales import scale_of
from agent.drafts.naming.words import tokens
from agent.drafts.records.runs import Key
from agent.drafts.tables.headed import like, runs_of
from agent.drafts.text.numerals import Numeral, in_last_digits, numerals
from agent.drafts.text.passages import Cell, Table
from agent.drafts.text.units import Unit, unit_in

_PERCENT = re.compile(r"%|\bpercent|\bpp\b", re.IGNORECASE)
_CHANGED = re.compile(
    r"Δ|\b(?:delta|change|improv\w*|gains?|reduction|difference|diff|drop|gap|margin|degradation|(?:in|de)crease|savings?|rel(?:ative)?|vs|speed-?ups?)\b|%\s*(?:change|lower|higher)",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\(\s*[-+−]?\s*[\d.]")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_ALL_CHANGED = re.compile(
    r"^\W*(?:Tab(?:le|\.)\s*\d+\W*)?(?:relative |absolute |percent\w* )?(?:improvement|change|gain|difference|reduction|increase)s?\b",
    re.IGNORECASE,
)
"""A caption that says of all its numbers that they are changes."""
_RATIO = re.compile(r"\b(?:ratio|speed-?ups?|factor)\b|[×](?!\s?\d)", re.IGNORECASE)
_ALL_AVERAGED = re.compile(
    r"\b(?:averag\w+|means?|mean values)\b[^.;]{0,30}\b(?:over|across|of)\s+(?:the\s+|all\s+)*(?:\w+\s+)?(?:data ?sets?|tasks?|benchmarks?|environments?|domains?|games|languages|corpora|problems)\b",
    re.IGNORECASE,
)
"""A caption that says of all its numbers that they are means over data sets."""
_LAST_DIGITS = re.compile(r"\d\.(\d+)\($")
"""A value before its uncertainty in units of the last digit: `81.17(40)`."""
_VALUED = re.compile(r"\w = [\d.,]+\s*\Z")
"""A row that is called by the value of what heads its column."""
OF_SPREAD = re.compile(
    r"\b(?:std\.?|(?-i:SD|SE|SEM)|stdev|standard (?:deviations?|errors?)|s\.d\.|sem|stderr|spread|noise)(?![\w ]*[±])\b(?!\s*=?\s*\d)",
    re.IGNORECASE,
)
_SPREAD = re.compile(r"\b(?:std|s\.d\.|standard (?:deviation|error)s?|sem|stderr|error|seeds)\b|±", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """A number of a cell with what it must be of."""

    cell: Cell
    number: Numeral
    context: Context
    percents: bool
    spread: bool
    changed: bool
    averaged: bool = False
    """It stands under a mean over the columns before it."""
    of_means: bool = False
    """Its caption says that all are means over data sets."""
    scale: float = 1.0
    """What the headers say that it is to be multiplied with: `(millions)`."""
    unit: Unit | None = None
    """The unit of its headers: `Latency (ms)`."""
    agreed: int | None = None
    """0 or 1 where its run was found by what the values of its row or its column agree on."""
    caption: str = ""
    alike: frozenset[str] = frozenset()
    """The runs whose names are like its headers, where these are no whole name of one."""

    def as_percent(self) -> Entry:
        percent = self.number.percent or (self.changed and not self.number.factor)
        return replace(self, percents=True, number=replace(self.number, percent=percent))


def entries_of(cell: Cell, table: Table, names: Names) -> Iterator[Entry]:
    row, column = " | ".join(cell.row), " | ".join(cell.column)
    context, alike = _context_of(cell, table, names)
    heads = f"{row} | {column}"
    percents = bool(_PERCENT.search(f"{heads} {table.caption}"))
    own = names.runs.without(cell.row[-1]) if cell.row else ""  # `Noise scale` may be a method
    headed = bool(OF_SPREAD.search(f"{column} | {own}"))
    inner = f"{column} | {cell.row[-1] if cell.row else ''}"
    if _BRACKETED.search(cell.text):
        inner = _IN_BRACKETS.sub(" ", inner)  # `Return (Δ)` over `58.4 (+5.2)`
    changed = bool(_CHANGED.search(inner) or _ALL_CHANGED.search(table.caption))
    factor = bool(_RATIO.search(inner))
    if any(_is_of_changes(key) for key in names.metrics.named(column)):
        changed = factor = False
    of_means = bool(_ALL_AVERAGED.search(table.caption)) and not names.sets.named(heads)
    for place, found in enumerate(numerals(cell.text)):
        percent = found.percent or (changed and percents and not factor)
        number = replace(found, percent=percent, factor=found.factor or factor)
        bracket = cell.text[: number.start].rstrip().endswith("(") and place > 0
        last = _LAST_DIGITS.search(cell.text[: number.start]) if bracket and number.whole else None
        number = in_last_digits(number, len(last[1])) if last else number
        spread = headed or bool(last) or _is_spread(cell.text[: number.start], bracket, f"{heads} {table.caption}")
        yield Entry(
            cell=cell,
            number=number,
            context=context,
            percents=percents,
            spread=spread,
            changed=changed or factor or (bracket and not spread),
            averaged=is_average(cell) or is_beside_sets(cell, table, names.sets),
            of_means=of_means and not spread,
            scale=scale_of(heads, table.caption),
            unit=unit_in(column) or unit_in(row),
            alike=alike,
            caption=table.caption,
        )


def _context_of(cell: Cell, table: Table, names: Names) -> tuple[Context, frozenset[str]]:
    """What headers and caption say that a cell is of, and the runs that its headers may mean besides."""
    row, column = " | ".join(cell.row), " | ".join(cell.column)
    rows, alike = like(cell.row, names)
    columns = runs_of(cell.column, names) or _of_bare(cell, table, names)
    alike = alike & columns if columns else alike
    runs = (rows & columns) or rows or columns or _of_caption(table.caption, names)
    runs = _crossed(runs, table.caption, names)
    said = names.runs.mentions(table.caption)
    bases = [each for header in (*cell.row, *cell.column) for each in names.runs.mentions(header) if each.target]
    metrics = names.metrics.narrowed(_metrics(cell, table, names), f"{row} {column}", table.caption)
    of_setting = _is_of_a_setting(column, names) and not names.metrics.named(cell.row[-1] if cell.row else "")
    if of_setting or _holds_settings(cell, table, names):
        metrics = frozenset()
    return Context(
        metrics=metrics,
        runs=runs,
        settings=frozenset() if metrics else names.settings.named(column) or names.settings.named(row),
        near=True,
        words=f"{row} | {column}{f' | {table.caption}' if _ALL_CHANGED.search(table.caption) else ''}",
        sentence="",
        others=frozenset(run for each in bases or said if runs and not each.runs & runs for run in each.runs),
        called=row,
    ), alike


def _is_of_changes(key: Key) -> bool:
    """Whether a metric is a change by its own name: the `ΔCE` of `ce_loss_delta` is no change of the column before it."""
    said = " ".join(tokens(key.path[-1]))
    return bool(_CHANGED.search(said) or _RATIO.search(said))


def _is_spread(before: str, bracket: bool, heads: str) -> bool:
    """By the sign before a number, or in brackets where headers or caption speak of spreads."""
    return bool(re.search(r"(?:±|\+/-|pm)\s*$", before)) or (bracket and bool(_SPREAD.search(heads)))


def _of_bare(cell: Cell, table: Table, names: Names) -> frozenset[str]:
    """By a header that is a number alone."""
    headers = [each.column[-1] for each in table.cells if each.column]
    return runs_of_bare(cell.column[-1], headers, names.runs.varied) if cell.column else frozenset()


def _is_of_a_setting(column: str, names: Names) -> bool:
    """Whether a column is headed by a setting and by no metric: the caption's metric is that of other columns."""
    return (
        bool(names.settings.named(column))
        and not names.settings.only_in_part(column)
        and not names.metrics.named(column)
        and not names.metrics.of_sets(column)
    )


def _holds_settings(cell: Cell, table: Table, names: Names) -> bool:
    """Whether all of a column are whole numbers that a setting has which its header names in part: 1, 8 and 32 under `Batch`."""
    keys = names.settings.named(" ".join(cell.column))
    known = {one.value for one in names.records.configured if one.key in keys}
    told = [each.text for each in table.cells if each.column_number == cell.column_number]
    return bool(keys) and all(text.isdigit() and float(text) in known for text in told)


def _of_caption(caption: str, names: Names) -> frozenset[str]:
    """The one run that a caption, or the heading over a table, names."""
    named = [each.runs for each in names.runs.mentions(caption) if not each.target and not each.ours]
    shared = frozenset.intersection(*named) if named else frozenset()
    return shared if len(shared) == 1 else frozenset()


def _metrics(cell: Cell, table: Table, names: Names) -> frozenset[Key]:
    """By the column, by the row, by both together; by the caption where neither says."""
    named = names.told
    column, row = " ".join(cell.column), " ".join(cell.row)
    by_column, by_row = named(column), named(row)
    if by_column and by_row and names.metrics.only_in_part(row) and like(cell.row, names)[0]:
        by_row, row = frozenset(), ""  # words of a run's name are no metric's: the draft of draft_calls
    if by_row and _VALUED.search(row) and names.metrics.only_in_part(row):
        by_row, row = frozenset(), ""  # the critics of `Critics = 4` are no loss of theirs
    both = named(f"{row} {column}")
    if by_row and not by_column & by_row and runs_of(cell.row, names):
        by_row = named(names.runs.without(row))  # the row is a run's: PGD-AT is no PGD-20
        by_column = by_column or (frozenset() if by_row else names.metrics.partly(column))
        row = names.runs.without(row)
        both = named(f"{row} {column}")
    if by_column and by_row:
        return (by_column & by_row) or (both & (by_column | by_row)) or by_column
    if by_column or by_row:
        return (both & (by_column or by_row)) or by_column or by_row
    sets = names.metrics.of_sets(column) or names.metrics.of_sets(row)
    told = named(table.caption) if table.caption else frozenset()
    kinds = {key.kind for key in told}
    return (frozenset(key for key in sets if key.kind in kinds) or sets) if sets and not told & sets else told


def _crossed(runs: frozenset[str], caption: str, names: Names) -> frozenset[str]:
    """Runs that the headers name, on the data set that the caption names."""
    crossing = {each.runs for each in names.runs.mentions(caption) if runs & each.runs}
    for each in names.runs.mentions(caption):
        shared = runs & each.runs
        if any(not each.runs & other for other in crossing):
            continue  # a caption that names several places says of none that it is meant
        if shared and shared != runs and shared != each.runs:  # what a method costs on no data set stays its own
            runs = shared | {run for run in runs if any(other.startswith(f"{run}/") for other in shared)}
    return runs
