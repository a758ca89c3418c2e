"""What was measured beside the baseline, as controls.json tells it, and as a panel shows it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

EDGE = 0.1  # of that range: room beside a line for its name
LINE = 6.5  # points
ROOM = 0.6  # of the runs' range on either side: a control that lies farther off is named at the edge


@dataclass(frozen=True)
class Control:
    """A control: its name (`untrained`), what it is (`an untrained SAE`), and the metrics that it has."""

    name: str
    title: str
    metrics: Mapping[str, float]

    @property
    def label(self) -> str:
        return self.name.replace("_", " ")


def controls_of(said: Mapping[str, Any]) -> tuple[Control, ...]:
    """The controls of a controls.json; a value that is no finite number is left out: it was not measured."""
    found = []
    for name, control in said.items():
        metrics = {metric: entry.get("mean") for metric, entry in control.get("metrics", {}).items()}
        known = {metric: float(value) for metric, value in metrics.items() if _is_number(value)}
        found.append(Control(name, str(control.get("title", name)), known))
    return tuple(found)


def mark_controls(axes: Axes, controls: tuple[Control, ...], name: str) -> None:
    """A dashed line for each control's value of a metric on the x-axis, named above the panel; at its edge, with its value and an
    arrow, where it lies so far from the runs that they could not be told apart any more."""
    low, high = axes.get_xlim()
    least, most = low - ROOM * (high - low), high + ROOM * (high - low)
    measured = [(control, control.metrics[name]) for control in controls if name in control.metrics]
    within = [value for _, value in measured if least <= value <= most]
    aside = EDGE * (high - low)
    axes.set_xlim(min([low, *(value - aside for value in within)]), max([high, *(value + aside for value in within)]))
    left, right = axes.get_xlim()
    for row, (control, value) in enumerate(measured):
        if least <= value <= most:
            axes.axvline(value, color="#777777", linewidth=0.9, linestyle="--", zorder=1)
            share = (value - left) / (right - left)
            align = "left" if share < 1 / 3 else "right" if share > 2 / 3 else "center"
            _named(axes, share, row, control.label, align)
        elif value < least:
            _named(axes, 0.0, row, f"◂ {control.label} {value:.3g}", "left")
        else:
            _named(axes, 1.0, row, f"{control.label} {value:.3g} ▸", "right")
    _grow(axes, len(measured))


def _grow(axes: Axes, lines: int) -> None:
    """The figure becomes higher by the names above a panel, once for each row of panels, so that the panels stay as high as they were."""
    place, figure = axes.get_subplotspec(), axes.get_figure()
    if place is not None and place.colspan.start == 0 and isinstance(figure, Figure):
        figure.set_figheight(figure.get_figheight() + 2 * LINE * lines / 72)


def _named(axes: Axes, share: float, row: int, text: str, align: str) -> None:
    """A name above the panel, at a share of its width; rows are counted upwards, as many points apart as a line of it is high."""
    axes.annotate(
        text,
        (share, 1.0),
        (0.0, 1.5 + LINE * row),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=5.5,
        color="#555555",
        ha=align,
        va="bottom",
    )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
