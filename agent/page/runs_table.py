"""The table of runs as the page shows it, and the table of what others reported."""

from __future__ import annotations

from collections.abc import Collection

from agent.page.view_table import CellView, ColumnView, ControlView, ReportedView, RowView
from agent.results.results import Results, RunResult
from agent.results.tables.cells import Cell, Row
from agent.results.tables.grid import Column, grid_of, primary_first
from agent.results.values import true_minus
from agent.results.words.compute import cost_text
from agent.results.words.drawn import drawn_text
from agent.session.template.reported import Reported


def table_of(results: Results, leading: Collection[str] = ()) -> tuple[tuple[ColumnView, ...], tuple[RowView, ...]]:
    """The metrics, the primary one first, and the accepted runs, the baseline first; all but the `leading` ones folded."""
    grid, best = primary_first(grid_of(results)), _best(results)
    rows = tuple(_row(results, row, best) for row in grid.rows)
    return tuple(_column(column, leading) for column in grid.columns), rows


def looks_of(results: Results) -> str:
    """What the second row of noise is for; empty where there is none."""
    return grid_of(results).looks


def control_views(results: Results) -> tuple[ControlView, ...]:
    """The controls, their values in the order of the columns."""
    return tuple(
        ControlView(name=row.name, title=row.title, values=tuple(true_minus(cell.short) for cell in row.cells))
        for row in primary_first(grid_of(results)).controls
    )


def reported_view(reported: Reported | None) -> ReportedView | None:
    """What others reported, as a table of its own; None where there is nothing."""
    if reported is None:
        return None
    names = tuple(dict.fromkeys(name for one in reported.baselines.values() for name in one.metrics))
    rows = tuple(
        (name, tuple(f"{one.metrics[metric]:.10g}" if metric in one.metrics else "–" for metric in names))
        for name, one in reported.baselines.items()
    )
    return ReportedView(source=reported.source, metrics=names, rows=rows)


def _best(results: Results) -> RunResult | None:
    """The run to mark as the best: the highest value within noise is not called that."""
    best = results.best
    beyond = not best.is_baseline and results.verdict(best, results.primary).word == "better"
    return best if beyond else None


def _column(column: Column, leading: Collection[str]) -> ColumnView:
    return ColumnView(
        name=column.name,
        better=column.better,
        unit=column.metric.unit,
        description=column.metric.description,
        primary=column.primary,
        noise=_noise(column),
        band=column.band_shown if column.noise is not None else "",
        folded=bool(leading) and not column.primary and column.name not in leading,
        here=column.here,
    )


def _noise(column: Column) -> str:
    """As the table has it; empty where it is not known for want of seeds, which the page says in its own word."""
    if column.noise is not None:
        return column.noise_shown
    return "" if column.noise_words == "unknown" else column.noise_words


def _row(results: Results, row: Row, best: RunResult | None) -> RowView:
    cells = {cell.name: _cell(cell) for cell in row.cells}
    return RowView(
        run=row.name,
        title=row.run.title,
        best=row.run is best,
        differences=row.run.differences,
        unmatched=row.unmatched,
        cells=tuple(cells.values()),
        primary=cells.get(results.primary),
        compute=row.compute if row.run.compute.launches else "",
        cost="; handed out: ".join(
            filter(None, (cost_text(row.run.compute, results.ratio(row.run)), drawn_text(row.run)))
        ),
    )


def _cell(cell: Cell) -> CellView:
    return CellView(
        value=cell.short,
        spread=cell.spread,
        delta=true_minus(cell.delta),
        word="not measured" if cell.value is None else cell.told,
        doubt=cell.doubts,
        tone=cell.tone,
    )
