"""The one grid of runs and metrics, the controls beside them.

It is printed as aligned text in plain.py, as Markdown in markdown.py, as LaTeX in evidence/table.py (its values link to their evidence), on the
terminal in progress.py, as HTML on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from agent.results import phrases
from agent.results.controls import MARK, ControlResult
from agent.results.results import Results, RunResult
from agent.results.values import Value, decimal, short
from agent.results.verdict import Tone, Verdict, Word, digits_for
from agent.session.contract import Metric
from agent.session.steps import ControlName, RunName

LEGEND = "+ better than the baseline beyond noise, - worse beyond noise, = within noise, ? noise unknown"
CONTROLS_LEGEND = (
    "the baseline is not better than a control beyond noise, so the metric says nothing of what was learnt"
)
_ARROWS: Mapping[str | None, Literal["up", "down", ""]] = {"higher": "up", "lower": "down", None: ""}


@dataclass(frozen=True)
class Cell:
    """One metric of one run. `value` is None where it was not measured, `verdict` for the baseline, which is not judged."""

    run: RunResult
    name: str
    metric: Metric
    value: Value | None
    verdict: Verdict | None
    doubt: str = ""
    """MARK where the metric does not tell the baseline from a control."""

    @property
    def word(self) -> Word | Literal[""]:
        """The verdict in a word; empty for the baseline."""
        return self.verdict.word if self.verdict else ""

    @property
    def mark(self) -> str:
        """The verdict as one character, and the controls' mark; empty where nothing was measured."""
        return (self.verdict.mark if self.verdict else "") + self.doubt if self.value else ""

    @property
    def tone(self) -> Tone:
        """How the word is coloured."""
        return self.verdict.tone if self.verdict else "none"

    @property
    def shown(self) -> str:
        """The mean with the metric's digits; `–` where an optional metric, `missing` where any other was not measured."""
        if self.value is None:
            return "–" if self.metric.optional else "missing"
        return decimal(self.value.mean, self.metric.digits)

    @property
    def short(self) -> str:
        """As `shown`, an enormous value by its powers of ten."""
        return short(self.value.mean, self.metric.digits) if self.value else self.shown

    @property
    def delta(self) -> str:
        """The signed difference from the baseline; empty for the baseline, and where a side was not measured."""
        if self.verdict is None or self.verdict.delta is None:
            return ""
        return short(self.verdict.delta, digits_for(self.verdict, self.metric), signed=True)

    @property
    def spread(self) -> str:
        """`± 0.0004 (n = 3)`; empty where nothing was repeated."""
        if self.value is None or self.value.spread is None or self.value.n < 2:
            return ""
        return f"± {short(self.value.spread, self.metric.digits)} (n = {self.value.n})"


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
        return "?" if self.noise is None else f"±{decimal(self.noise, self.digits)}"

    @property
    def noise_bare(self) -> str:
        """`0.0020` as a table below its values has it, `exact`, or `?`."""
        return self.noise_shown.removeprefix("±") + ("%" if self.metric.unit == "%" and "±" in self.noise_shown else "")


@dataclass(frozen=True)
class Row:
    """One run and its cells, in the order of the columns."""

    run: RunResult
    cells: tuple[Cell, ...]

    @property
    def name(self) -> RunName:
        return self.run.name

    @property
    def comparable(self) -> bool:
        return not self.run.differences

    def cell(self, metric: str) -> Cell | None:
        """The cell of a metric, None where the grid does not hold it."""
        return next((cell for cell in self.cells if cell.name == metric), None)


@dataclass(frozen=True)
class ControlCell:
    """One metric of one control; `value` is None where it does not have it."""

    name: str
    metric: Metric
    value: Value | None

    @property
    def shown(self) -> str:
        """The mean with the metric's digits; `–` where it was not measured."""
        return decimal(self.value.mean, self.metric.digits) if self.value else "–"

    @property
    def short(self) -> str:
        """As `shown`, an enormous value by its powers of ten."""
        return short(self.value.mean, self.metric.digits) if self.value else self.shown


@dataclass(frozen=True)
class ControlRow:
    """One control and its cells, in the order of the columns."""

    control: ControlResult
    cells: tuple[ControlCell, ...]

    @property
    def name(self) -> ControlName:
        return self.control.name

    @property
    def title(self) -> str:
        return self.control.title


@dataclass(frozen=True)
class Grid:
    """Runs × metrics: the baseline first, then the runs in order; the controls stand below the baseline."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    controls: tuple[ControlRow, ...] = ()

    def row(self, run: str) -> Row | None:
        """The row of a run, None where the grid does not hold it."""
        return next((row for row in self.rows if row.name == run), None)


def grid_of(results: Results, metrics: Iterable[str] = (), runs: Iterable[str] = ()) -> Grid:
    """The grid of these metrics and runs; all of them where none is named. Names that do not exist are left out."""
    names = [name for name in (list(metrics) or results.metrics) if name in results.metrics]
    chosen = [run for name in runs if (run := results.get(name)) is not None] or list(results.runs)
    columns = tuple(_column(results, name) for name in names)
    rows = tuple(Row(run, tuple(_cell(results, run, name) for name in names)) for run in chosen)
    return Grid(columns, rows, tuple(_control_row(results, control, names) for control in results.controls))


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
        here=phrases.control_text(results, name),
    )


def primary_first(grid: Grid) -> Grid:
    """The same grid with the primary metric's column before the others."""
    order = sorted(range(len(grid.columns)), key=lambda place: not grid.columns[place].primary)
    rows = (Row(row.run, tuple(row.cells[place] for place in order)) for row in grid.rows)
    beside = (ControlRow(row.control, tuple(row.cells[place] for place in order)) for row in grid.controls)
    return Grid(tuple(grid.columns[place] for place in order), tuple(rows), tuple(beside))


def _cell(results: Results, run: RunResult, name: str) -> Cell:
    verdict = None if run.is_baseline else results.verdict(run, name)
    doubt = MARK if results.unbeaten(name) else ""
    return Cell(run, name, results.metrics[name], run.values.get(name), verdict, doubt)
