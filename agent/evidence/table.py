"""A table of runs and metrics, placed by the tool: plain text for notes, booktabs for the paper."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.evidence.escape import escape_latex, number_latex
from agent.evidence.reference import Reference
from agent.results.results import Results, RunResult
from agent.results.tables.cells import Cell, ControlCell, ControlRow
from agent.results.tables.grid import Column, Grid, grid_of
from agent.results.tables.plain import plain_table
from agent.results.verdicts.verdict import Word
from agent.results.words import phrases

_MARKS: dict[Word, str] = {
    "better": "\\evidbetter",
    "worse": "\\evidworse",
    "within noise": "",
    "equal": "",
    "not comparable": "\\evidunfair",
    "noise unknown": "\\eviduncertain",
    "direction unknown": "\\eviduncertain",
    "not measured": "",
}
"""`once` behind the first two: by one look, not by all looks made."""
_MARK = re.compile(r"\\evid([a-z]+)")
_WIDTHS = {
    "better": 0.5,
    "worse": 0.5,
    "betteronce": 1.0,
    "worseonce": 1.0,
    "unfair": 0.4,
    "uncertain": 0.4,
    "control": 0.6,
    "unmatched": 0.4,
}
"""Of each mark, in em of the number before it."""
_ROWS_ARE_RUNS = 6
"""With at most this many metrics a row is a run, else a row is a metric."""


@dataclass(frozen=True)
class Table:
    """Metrics of runs with the verdict's mark on each value."""

    results: Results
    metrics: tuple[str, ...]
    runs: tuple[str, ...]
    reference: Reference

    def plain(self) -> str:
        """Aligned columns, one run a row."""
        return plain_table(grid_of(self.results, self.metrics, self.runs))

    def latex(self) -> str:
        """A booktabs tabular in which each value links to its evidence; it shrinks to the line where it must."""
        told = grid_of(self.results, self.metrics, self.runs)
        grid = _cells(told)
        body = [f"{' & '.join(grid[0])} \\\\", "\\midrule", *(f"{' & '.join(row)} \\\\" for row in grid[1:])]
        columns = "l" + "".join(f"r{_room(column)}" for column in list(zip(*grid, strict=True))[1:])
        return "\n".join(
            [
                f"%<{self.reference.text}>",
                "\\begin{evidencetable}",
                f"\\begin{{tabular}}{{{columns}}}",
                "\\toprule",
                *body,
                "\\bottomrule",
                "\\end{tabular}",
                "\\end{evidencetable}",
                "\\evidlegend",
                *([f"\\evidlookslegend{{{escape_latex(told.looks)}}}"] if told.looks else []),
                *(["\\evidcontrollegend"] if any(column.here for column in told.columns) else []),
                *(["\\evidunmatchedlegend"] if told.unmatched else []),
                "%<end>",
            ]
        )


def _cells(grid: Grid) -> list[list[str]]:
    """Cells in LaTeX; the first row is the head, the last ones are the noise of one look and of all looks."""
    heads = [_heading(column) for column in grid.columns]
    noise = [["\\emph{noise}", *(escape_latex(column.noise_bare) for column in grid.columns)]]
    if grid.looks:
        noise.append(["\\emph{all looks}", *(escape_latex(column.band_bare) for column in grid.columns)])
    runs = [[_run_heading(row.run), *(_latex_cell(cell) for cell in row.cells)] for row in grid.rows]
    first = 1 if grid.rows and grid.rows[0].run.is_baseline else 0
    beside = [
        [f"\\emph{{{escape_latex(row.control.label)}}}", *(_control_cell(row, cell) for cell in row.cells)]
        for row in grid.controls
    ]
    rows = [["Run", *heads], *runs[:first], *beside, *runs[first:], *noise]
    if len(grid.columns) <= _ROWS_ARE_RUNS:
        return rows
    rows[0][0] = "Metric"
    return [list(column) for column in zip(*rows, strict=True)]


def _room(cells: Sequence[str]) -> str:
    """Behind a column's numbers, for the marks that stand behind them without a width of their own; empty where none does."""
    widest = max(sum(_WIDTHS.get(mark, 0.0) for mark in _MARK.findall(cell)) for cell in cells)
    return f"<{{\\hspace{{{widest:.2g}em}}}}" if widest else ""


def _heading(column: Column) -> str:
    return escape_latex(column.label) + (f"\\,\\evid{column.arrow}" if column.arrow else "")


def _latex_cell(cell: Cell) -> str:
    if cell.value is None:
        return "--"
    text = number_latex(phrases.bare_number(cell.value.mean, cell.metric))
    mark = _MARKS[cell.word] if cell.word else ""
    if cell.verdict is not None and cell.verdict.one_look:
        mark = f"{mark}once"
    mark += "\\evidcontrol" if cell.doubt else ""
    mark += "\\evidunmatched" if cell.unmatched else ""
    return f"\\evid{{{cell.run.name}.{cell.name}.mean}}{{{text}}}{mark}"


def _control_cell(row: ControlRow, cell: ControlCell) -> str:
    if cell.value is None:
        return "--"
    text = number_latex(phrases.bare_number(cell.value.mean, cell.metric))
    return f"\\evid{{{row.name}.{cell.name}.mean}}{{{text}}}"


def _run_heading(run: RunResult) -> str:
    return "Baseline" if run.is_baseline else f"Run {run.index}"
