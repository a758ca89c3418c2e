"""What was measured beside the baseline, as controls.json tells it, and as a panel shows it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

EDGE = 0.1  # of that range: room beside a line for its name
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
    """A dashed line for each control's value of a metric on the x-axis, named at the top; at the edge, with its value and an
    arrow, where it lies so far from the runs that they could not be told apart any more."""
    low, high = axes.get_xlim()
    least, most = low - ROOM * (high - low), high + ROOM * (high - low)
    measured = [(control, control.metrics[name]) for control in controls if name in control.metrics]
    within = [value for _, value in measured if least <= value <= most]
    aside = EDGE * (high - low)
    axes.set_xlim(min([low, *(value - aside for value in within)]), max([high, *(value + aside for value in within)]))
    for row, (control, value) in enumerate(measured):
        height = 0.98 - 0.09 * row
        if least <= value <= most:
            axes.axvline(value, color="#777777", linewidth=0.9, linestyle="--", zorder=1)
            _text(axes, value, height, control.label, "data", "center")
        elif value < least:
            _text(axes, 0.01, height, f"◂ {control.label} {value:.3g}", "axes", "left")
        else:
            _text(axes, 0.99, height, f"{control.label} {value:.3g} ▸", "axes", "right")


def _text(axes: Axes, x: float, y: float, text: str, across: str, align: str) -> None:
    where = axes.get_xaxis_transform() if across == "data" else axes.transAxes
    axes.text(x, y, text, transform=where, fontsize=5.5, color="#555555", ha=align, va="top", zorder=4)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
