"""Rows that are narrowed by what stands in them: a column of a setting, or of a part of runs' names, says which of a method's runs is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.drafts.naming.context import Names
from agent.drafts.naming.sizes import of_cell
from agent.drafts.naming.words import tokens
from agent.drafts.tables.cells import Entry

_SEVERAL = 2
SAID = re.compile(r"([A-Za-zα-ω][\w-]*)\$?\s*=\s*\$?(\d*\.?\d+(?:e-?\d+)?)")
"""A header that says the value of a setting."""


def narrowed_by_settings(read: Sequence[Entry], names: Names) -> list[Entry]:
    """A column of a setting in which runs differ: the `k` of a row says which of the runs of its method is meant."""
    rows: dict[int, frozenset[str]] = {}
    for entry in read:
        runs = _with_its_value(entry, names)
        if runs:
            rows[entry.cell.row_number] = rows.get(entry.cell.row_number, runs) & runs
    read = [narrowed(entry, rows.get(entry.cell.row_number, frozenset())) for entry in read]
    return [narrowed(entry, _said(entry, names)) for entry in read]


def _said(entry: Entry, names: Names) -> frozenset[str]:
    """The runs that have what a header says of the one setting that is called so and in which runs differ: `alpha = 0.1` of dirichlet_alpha."""
    told, runs = frozenset[str](), entry.context.runs or names.runs.all
    for header in (*entry.cell.row, *entry.cell.column):
        for word, value in SAID.findall(header):
            called = [known for name, known in names.runs.varied.items() if tokens(name)[-1:] == tokens(word)[-1:]]
            having = {run for run, own in called[0].items() if own == float(value)} if len(called) == 1 else set()
            told, runs = (runs & having, runs & having) if runs & having else (told, runs)
    return told


def _with_its_value(entry: Entry, names: Names) -> frozenset[str]:
    """The runs with the value of a setting that a cell gives; none where its column is of a metric, or no run differs in it."""
    column = " ".join(entry.cell.column)
    if entry.spread or entry.number.percent or not column or names.metrics.named(column):
        return frozenset()
    if called := of_cell(entry.cell.column[-1], entry.number, names.runs.all):
        return called
    said = tokens(column)
    for name, known in names.runs.varied.items():
        if len(set(known.values())) >= _SEVERAL and _is_called(tuple(tokens(name)), said):
            return frozenset(
                run for run, value in known.items() if abs(value - entry.number.value) <= 1e-9 + 1e-6 * abs(value)
            )
    return frozenset()


def _is_called(name: tuple[str, ...], said: tuple[str, ...]) -> bool:
    """Whether a header is the name of a setting, or its first word: `Batch` of batch_size."""
    return bool(said) and (name == said or (len(said) == 1 and len(said[0]) > _SEVERAL and said[0] in name))


def narrowed(entry: Entry, runs: frozenset[str]) -> Entry:
    """An entry of those of its runs alone, where it has any of them."""
    own = entry.context.runs
    kept = own & runs if own else runs
    return replace(entry, context=replace(entry.context, runs=kept)) if kept and kept != own else entry
