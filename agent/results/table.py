"""The one grid of runs and metrics, and its printers: Markdown for briefs and notes, aligned text for notes.

The others print the same grid: LaTeX in evidence/table.py (its values link to their evidence), the terminal in
progress.py, HTML on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.results import phrases
from agent.results.results import Results, RunResult
from agent.results.values import Value, decimal, short, target_text
from agent.results.verdict import Tone, Verdict, Word, digits_for
from agent.session.contract import Metric
from agent.session.steps import RunName

LEGEND = "+ better than the baseline beyond noise, - worse beyond noise, = within noise, ? noise unknown"
_UNLIKE = "* not comparable with it"
_ARROWS: Mapping[str | None, Literal["up", "down", ""]] = {"higher": "up", "lower": "down", None: ""}
_PLAIN_LEGEND = "(+ better, - worse than the baseline beyond noise)"


@dataclass(frozen=True)
class Cell:
    """One metric of one run. `value` is None where it was not measured, `verdict` for the baseline, which is not judged."""

    run: RunResult
    name: str
    metric: Metric
    value: Value | None
    verdict: Verdict | None

    @property
    def word(self) -> Word | Literal[""]:
        """The verdict in a word; empty for the baseline."""
        return self.verdict.word if self.verdict else ""

    @property
    def mark(self) -> str:
        """The verdict as one character; empty for the baseline, and where nothing was measured."""
        return self.verdict.mark if self.verdict and self.value else ""

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
class Grid:
    """Runs × metrics: the baseline first, then the runs in order."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def row(self, run: str) -> Row | None:
        """The row of a run, None where the grid does not hold it."""
        return next((row for row in self.rows if row.name == run), None)


def grid_of(results: Results, metrics: Iterable[str] = (), runs: Iterable[str] = ()) -> Grid:
    """The grid of these metrics and runs; all of them where none is named. Names that do not exist are left out."""
    names = [name for name in (list(metrics) or results.metrics) if name in results.metrics]
    chosen = [run for name in runs if (run := results.get(name)) is not None] or list(results.runs)
    columns = tuple(_column(results, name) for name in names)
    return Grid(columns, tuple(Row(run, tuple(_cell(results, run, name) for name in names)) for run in chosen))


def _column(results: Results, name: str) -> Column:
    return Column(
        name=name,
        metric=results.metrics[name],
        noise=results.noise(name),
        primary=name == results.primary,
        noise_words=phrases.noise_text(results, name),
        digits=results.digits(name),
        exact=results.is_exact(name),
    )


def primary_first(grid: Grid) -> Grid:
    """The same grid with the primary metric's column before the others."""
    order = sorted(range(len(grid.columns)), key=lambda place: not grid.columns[place].primary)
    rows = (Row(row.run, tuple(row.cells[place] for place in order)) for row in grid.rows)
    return Grid(tuple(grid.columns[place] for place in order), tuple(rows))


def _cell(results: Results, run: RunResult, name: str) -> Cell:
    verdict = None if run.is_baseline else results.verdict(run, name)
    return Cell(run, name, results.metrics[name], run.values.get(name), verdict)


# --- Markdown


def results_table(results: Results) -> str:
    """The compact table of every brief: a metric a row, a run a column; each value with its verdict's mark."""
    grid = grid_of(results)
    base, *runs = grid.rows
    rows = [["metric", "better", "baseline", "noise", *(run.name for run in runs)]]
    for place, column in enumerate(grid.columns):
        label = f"**{column.name}**" if column.primary else column.name
        cells = (row.cells[place] for row in runs)
        direction = (column.metric.direction or "unknown") + target_text(column.metric)
        rows.append(
            [label, direction, base.cells[place].shown, column.noise_shown, *(cell.shown + cell.mark for cell in cells)]
        )
    legend = LEGEND + ("" if all(run.comparable for run in runs) else f", {_UNLIKE}")
    titles = [f"- {row.name}: {row.run.title}{_unlike(row.run)}" for row in runs]
    same = ", ".join(name for name in results.metrics if results.all_same(name))
    notes = [f"(noise unknown, since {phrases.SAME}: {same})"] if same else []
    return "\n".join([*_markdown(rows, " --- "), f"({legend}; the primary metric is bold)", *notes, *titles])


def run_table(results: Results, run: RunResult) -> str:
    """The table of a note: one run's metrics against the baseline, a metric a row, the verdict in words."""
    rows = [["metric", "value", "baseline", "delta", "noise", "verdict"]]
    for name, kind in results.metrics.items():
        value, base = run.values.get(name), results.baseline.values.get(name)
        if value is None and kind.optional:
            continue
        verdict = results.verdict(run, name)
        rows.append(
            [
                f"{name} ({phrases.direction_text(kind)})",
                phrases.MISSING if value is None else phrases.value_text(run, value, kind),
                phrases.MISSING if base is None else phrases.value_text(results.baseline, base, kind),
                "" if verdict.delta is None else phrases.delta_text(verdict, kind),
                phrases.noise_text(results, name, run),
                phrases.verdict_text(results, run, name),
            ]
        )
    return "\n".join(_markdown(rows, "---"))


def _markdown(rows: Sequence[Sequence[str]], rule: str) -> list[str]:
    """Lines of a Markdown table; the first row is the head, `rule` stands in each cell below it."""
    head, *rest = ["| " + " | ".join(row) + " |" for row in rows]
    return [head, "|" + f"{rule}|" * len(rows[0]), *rest]


def _unlike(run: RunResult) -> str:
    return f" (not comparable: {'; '.join(run.differences)})" if run.differences else ""


# --- aligned text


def plain_table(grid: Grid) -> str:
    """Aligned columns, one run a row, the noise below; what is within noise carries no mark."""
    rows = [["run", *(column.label for column in grid.columns)]]
    rows += [[row.name, *(_plain(cell) for cell in row.cells)] for row in grid.rows]
    rows.append(["noise", *(column.noise_bare for column in grid.columns)])
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    head, *body = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([head, "-" * len(head), *body, _PLAIN_LEGEND])


def _plain(cell: Cell) -> str:
    if cell.value is None:
        return cell.shown
    return phrases.bare_number(cell.value.mean, cell.metric) + cell.mark.replace("=", "")
