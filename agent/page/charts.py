"""Charts of one metric by run, laid out in pixels; the band is the baseline's noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from agent.page.view_table import Chart, Point
from agent.results.results import Results
from agent.results.tables.cells import Cell, ControlCell
from agent.results.tables.grid import Column, grid_of, primary_first
from agent.results.values import short

_WIDE = (720, 250)
_SMALL = (340, 150)
_TOP, _BOTTOM, _RIGHT = 14, 28, 12
_LABEL_ROOM = 24
_PIXELS_A_CHARACTER = 7


@dataclass(frozen=True)
class _Frame:
    """The part of the picture that values are drawn in, from `low` to `high`."""

    width: int
    height: int
    left: int
    low: float
    high: float

    def y(self, value: float) -> float:
        """How far below the picture's top a value stands, in its pixels."""
        share = (self.high - value) / (self.high - self.low)
        return round(_TOP + share * (self.height - _TOP - _BOTTOM), 1)

    def x(self, place: int, of: int) -> float:
        """How far from the picture's left the point at a place `of` so many stands, in its pixels."""
        return round(self.left + 16 + place * (self.width - self.left - _RIGHT - 32) / max(of - 1, 1), 1)


Told = tuple[float, str]
"""A control's value, and what it is."""


def charts_of(results: Results, leading: Collection[str] = ()) -> tuple[Chart, ...]:
    """One chart a metric that the baseline has; the primary one first and wide, all but that and the `leading` ones folded."""
    grid = primary_first(grid_of(results))
    made = []
    for place, column in enumerate(grid.columns):
        cells = [row.cells[place] for row in grid.rows if row.cells[place].value is not None]
        if cells and cells[0].run.is_baseline:
            beside = [(row.title, row.cells[place]) for row in grid.controls if row.cells[place].value is not None]
            chart = _chart(column, cells, beside)
            made.append(replace(chart, folded=not column.primary and column.name not in leading))
    return tuple(made)


def _chart(column: Column, cells: Sequence[Cell], beside: Sequence[tuple[str, ControlCell]]) -> Chart:
    """`cells` all have a value; the first is the baseline's. `beside`: the controls that have one."""
    controls = [(cell.value.mean, f"{title}: {cell.short}") for title, cell in beside if cell.value]
    values = [cell.value.mean for cell in cells if cell.value]
    base, noise, digits = values[0], column.noise, column.metric.digits
    width, height = _WIDE if column.primary else _SMALL
    judged = [*values, *([base - noise, base + noise] if noise is not None else [])]
    near, far = _near(controls, min(judged), max(judged))
    low, high = _range([*judged, *(value for value, _ in near)])
    labels = [(value, short(value, digits)) for value in _ticks(low, high)]
    left = 18 + _PIXELS_A_CHARACTER * max(len(label) for _, label in labels)
    frame = _Frame(width, height, left, low, high)
    points = _points(cells, values, frame)
    return Chart(
        metric=column.name,
        better=column.better,
        summary=f"{column.name} by run, {column.better}. "
        + "; ".join([*(point.title for point in points), *(f"control, {told}" for _, told in controls)]),
        width=width,
        height=height,
        left=left,
        right=_RIGHT,
        points=points,
        ticks=tuple((frame.y(value), label) for value, label in labels),
        base_y=frame.y(base),
        band=_band(base, noise, frame.y),
        controls=tuple((frame.y(value), told) for value, told in near),
        far=tuple(told for _, told in far),
    )


def _near(controls: Sequence[Told], low: float, high: float) -> tuple[list[Told], list[Told]]:
    """The controls whose lines leave the runs, from `low` to `high`, half of the chart at least; and the others."""
    room = (high - low) / 2
    near = [each for each in controls if low - room <= each[0] <= high + room]
    return near, [each for each in controls if each not in near]


def _points(cells: Sequence[Cell], values: Sequence[float], frame: _Frame) -> tuple[Point, ...]:
    every = 1 + int(len(cells) / ((frame.width - frame.left - _RIGHT) / _LABEL_ROOM))
    return tuple(
        Point(
            run=cell.run.name,
            label="base" if cell.run.is_baseline else str(cell.run.name.number),
            title=f"{cell.run.name}: {cell.short}, {cell.told or 'the baseline'}",
            x=frame.x(place, len(cells)),
            y=frame.y(value),
            tone=cell.tone,
            hollow=bool(cell.run.differences),
            show_label=place % every == 0,
        )
        for place, (cell, value) in enumerate(zip(cells, values, strict=True))
    )


def _band(base: float, noise: float | None, y: Callable[[float], float]) -> tuple[float, float] | None:
    """Top and height of the noise; None where it is not known, or there is none."""
    return (y(base + noise), round(y(base - noise) - y(base + noise), 1)) if noise else None


def _range(values: Sequence[float]) -> tuple[float, float]:
    """What the chart shows: all values, with some room."""
    low, high = min(values), max(values)
    room = (high - low) * 0.08 or abs(high) * 0.05 or 1.0
    return low - room, high + room


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round numbers between the two."""
    raw = (high - low) / 4
    unit = 10.0 ** math.floor(math.log10(raw))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= raw)
    first = math.ceil(low / step)
    return [(first + place) * step for place in range(int(high / step) - first + 1)][:8]
