"""The one grid of runs and metrics, the controls beside them.

It is printed as aligned text in plain.py, as Markdown in markdown.py, as LaTeX in evidence/table.py (its values link to their evidence), on the
terminal in progress.py, as HTML on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from agent.results.controls import MARK, ControlResult
from agent.results.results import Results, RunResult
from agent.results.tables.cells import Cell, ControlCell, ControlRow, Row
from agent.results.values import decimal
from agent.results.verdicts import matched
from agent.results.words import phrases
from agent.results.words.compute import short_text
from agent.session.template.contract import Metric

LEGEND = "+ better than the baseline beyond noise, - worse beyond noise, = within noise, ? noise unknown"
ONE_LOOK_LEGEND = "in brackets: beyond the noise of one look, not of all looks made"
CONTROLS_LEGEND = (
    "the baseline is not better than a control beyond noise, so the metric says nothing of what was learnt"
)
_ARROWS: Mapping[str | None, Literal["up", "down", ""]] = {"higher": "up", "lower": "down", None: ""}


@dataclass(frozen=True)
class Column:
    """One metric, and the half-width of the baseline's noise on it, None where that is not known."""

    name: str
    metric: Metric
    noise: float | None
    primary: bool
    noise_words: str
    """The noise as a text says it: with its unit, `exact`, or why it is unknown."""
    digits: int
    """Decimals of the noise, where no difference may look like it."""
    exact: bool = False
    band: float | None = None
    """The half-width for all looks made; that of one look where there was no more."""
    here: str = ""
    """`an untrained model scores 0.284 here`, where the baseline is not better than that beyond noise."""

    @property
    def label(self) -> str:
        """Its name as prose writes it."""
        return phrases.metric_label(self.name)

    @property
    def better(self) -> str:
        """`higher is better`, or that it is not known."""
        return phrases.direction_text(self.metric)

    @property
    def arrow(self) -> Literal["up", "down", ""]:
        """Which way is better; empty where it is not known."""
        return _ARROWS[self.metric.direction]

    @property
    def noise_shown(self) -> str:
        """`±0.0020`, `exact`, or `?`."""
        if self.exact:
            return phrases.EXACT
        return self._shown(self.noise)

    @property
    def band_shown(self) -> str:
        """As `noise_shown`, for all looks made."""
        return self._shown(self.band)

    @property
    def noise_bare(self) -> str:
        """`0.0020` as a table below its values has it, `exact`, or `?`."""
        return self._bare(self.noise_shown)

    @property
    def band_bare(self) -> str:
        """As `noise_bare`, for all looks made."""
        return self._bare(self.band_shown)

    def _shown(self, width: float | None) -> str:
        if self.exact:
            return phrases.EXACT
        return "?" if width is None else f"±{decimal(width, self.digits)}"

    def _bare(self, shown: str) -> str:
        return shown.removeprefix("±") + ("%" if self.metric.unit == "%" and "±" in shown else "")


@dataclass(frozen=True)
class Grid:
    """Runs × metrics: the baseline first, then the runs in order; the controls stand below the baseline."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    controls: tuple[ControlRow, ...] = ()
    looks: str = ""
    """What the second row of noise is for, `20 at the primary metric (20 runs)`; empty where there was one look, or
    none, and where no difference is judged by noise."""

    @property
    def one_look(self) -> bool:
        """Whether a verdict holds for one look alone."""
        return any(cell.verdict is not None and cell.verdict.one_look for row in self.rows for cell in row.cells)

    @property
    def unmatched(self) -> bool:
        """Whether a run is not at what comparisons are made at."""
        return any(row.unmatched for row in self.rows)

    def row(self, run: str) -> Row | None:
        """The row of a run, None where the grid does not hold it."""
        return next((row for row in self.rows if row.name == run), None)


def grid_of(results: Results, metrics: Iterable[str] = (), runs: Iterable[str] = ()) -> Grid:
    """The grid of these metrics and runs; all of them where none is named. Names that do not exist are left out."""
    names = [name for name in (list(metrics) or results.metrics) if name in results.metrics]
    chosen = [run for name in runs if (run := results.get(name)) is not None] or list(results.runs)
    columns = tuple(_column(results, name) for name in names)
    rows = tuple(_row(results, run, names) for run in chosen)
    beside = tuple(_control_row(results, control, names) for control in results.controls)
    judged = any(column.noise and not column.exact for column in columns)
    return Grid(columns, rows, beside, results.looks.told if judged else "")


def _row(results: Results, run: RunResult, names: Iterable[str]) -> Row:
    cells = (_cell(results, run, name) for name in names)
    return Row(run, tuple(cells), short_text(run.compute, results.ratio(run)), phrases.left_text(results, run))


def _control_row(results: Results, control: ControlResult, names: Iterable[str]) -> ControlRow:
    cells = (ControlCell(name, results.metrics[name], control.values.get(name)) for name in names)
    return ControlRow(control, tuple(cells))


def _column(results: Results, name: str) -> Column:
    return Column(
        name=name,
        metric=results.metrics[name],
        noise=results.noise(name),
        primary=name == results.primary,
        noise_words=phrases.noise_text(results, name),
        digits=results.digits(name),
        exact=results.is_exact(name),
        band=results.band(name),
        here=phrases.control_text(results, name),
    )


def primary_first(grid: Grid) -> Grid:
    """The same grid with the primary metric's column before the others."""
    order = sorted(range(len(grid.columns)), key=lambda place: not grid.columns[place].primary)
    rows = (replace(row, cells=tuple(row.cells[place] for place in order)) for row in grid.rows)
    beside = (ControlRow(row.control, tuple(row.cells[place] for place in order)) for row in grid.controls)
    return Grid(tuple(grid.columns[place] for place in order), tuple(rows), tuple(beside), grid.looks)


def _cell(results: Results, run: RunResult, name: str) -> Cell:
    verdict = None if run.is_baseline else results.verdict(run, name)
    doubt, off = MARK if results.unbeaten(name) else "", matched.MARK if results.left(run) else ""
    return Cell(
        run=run,
        name=name,
        metric=results.metrics[name],
        value=run.values.get(name),
        verdict=verdict,
        doubt=doubt,
        unmatched=off,
    )
