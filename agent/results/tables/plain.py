"""The grid as aligned text: for tables within notes."""

from __future__ import annotations

from agent.results.controls import MARK
from agent.results.tables.cells import Cell
from agent.results.tables.grid import CONTROLS_LEGEND, ONE_LOOK_LEGEND, Grid
from agent.results.verdicts import matched
from agent.results.words import phrases

_PLAIN_LEGEND = "(+ better, - worse than the baseline beyond noise)"


def plain_table(grid: Grid) -> str:
    """Aligned columns, one run a row, the noise of one look and of all looks below; what is within noise carries no mark."""
    rows = [["run", *(column.label for column in grid.columns)]]
    lines = [[row.name, *(_plain(cell) for cell in row.cells)] for row in grid.rows]
    beside = [[row.name, *(cell.shown for cell in row.cells)] for row in grid.controls]
    first = 1 if grid.rows and grid.rows[0].run.is_baseline else 0
    rows += [*lines[:first], *beside, *lines[first:]]
    rows.append(["noise", *(column.noise_bare for column in grid.columns)])
    if grid.looks:
        rows.append(["all looks", *(column.band_bare for column in grid.columns)])
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    head, *body = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    marked = [f"({MARK} {CONTROLS_LEGEND})"] if any(column.here for column in grid.columns) else []
    marked += [f"({matched.MARK} {matched.LEGEND})"] if grid.unmatched else []
    looks = [f"(all looks: {grid.looks}{f'; {ONE_LOOK_LEGEND}' if grid.one_look else ''})"] if grid.looks else []
    return "\n".join([head, "-" * len(head), *body, _PLAIN_LEGEND, *looks, *marked])


def _plain(cell: Cell) -> str:
    if cell.value is None:
        return cell.shown
    return phrases.bare_number(cell.value.mean, cell.metric) + cell.mark.replace("=", "")
