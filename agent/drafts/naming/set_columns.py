"""Columns of a setting in which runs differ: the `k` of a row says which of the runs of its method is meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.drafts.naming.cells import Entry
from agent.drafts.naming.context import Names
from agent.drafts.naming.words import tokens

_FEWEST = 2


def narrowed_by_settings(read: Sequence[Entry], names: Names) -> list[Entry]:
    """The entries of a table, those of a row that sets something of the runs with that setting alone."""
    rows: dict[int, frozenset[str]] = {}
    for entry in read:
        runs = _with_its_value(entry, names)
        if runs:
            rows[entry.cell.row_number] = rows.get(entry.cell.row_number, runs) & runs
    return [_narrowed(entry, rows.get(entry.cell.row_number, frozenset())) for entry in read]


def _with_its_value(entry: Entry, names: Names) -> frozenset[str]:
    """The runs with the value of a setting that a cell gives; none where its column is of a metric, or no run differs in it."""
    column = " ".join(entry.cell.column)
    if entry.spread or entry.number.percent or not column or names.metrics.named(column):
        return frozenset()
    said = tokens(column)
    for name, known in names.runs.varied.items():
        if len(set(known.values())) >= _FEWEST and _is_called(tuple(tokens(name)), said):
            return frozenset(
                run
                for run, value in known.items()
                if abs(value - entry.number.value) <= 1e-9 + entry.number.half * 1e-3
            )
    return frozenset()


def _is_called(name: tuple[str, ...], said: tuple[str, ...]) -> bool:
    """Whether a header is the name of a setting, or its first word: `Batch` of batch_size."""
    return bool(said) and (name == said or (len(said) == 1 and len(said[0]) > _FEWEST and said[0] in name))


def _narrowed(entry: Entry, runs: frozenset[str]) -> Entry:
    own = entry.context.runs
    kept = own & runs if own else runs
    return replace(entry, context=replace(entry.context, runs=kept)) if kept and kept != own else entry
