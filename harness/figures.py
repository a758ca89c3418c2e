"""Drawing for plot.py: reads the runs, and gives figures one look (colour-blind-safe, labelled, PDF and PNG)."""

from __future__ import annotations

import json
import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

# Okabe & Ito's eight colours, told apart with any colour vision; black is the baseline's.
COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#8C6D31",
    "#7A4FA3",
    "#4D4D4D",
    "#B8A400",
)
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
BASELINE = "run_0"
STYLE = {
    "figure.dpi": 110,
    "savefig.dpi": 200,
    "savefig.bbox": "tight",
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.4,
    "pdf.fonttype": 42,
}


@dataclass(frozen=True)
class Value:
    """A metric of a run. `spread` is None where it was measured once; the baseline's is over seeds."""

    mean: float
    spread: float | None
    n: int


@dataclass(frozen=True)
class Run:
    """One run folder: its name (`run_3`), its title, and what its final_info.json says."""

    name: str
    title: str
    info: Mapping[str, Any]

    @property
    def number(self) -> int:
        return int(self.name.removeprefix("run_"))

    @property
    def label(self) -> str:
        """Number and title, for a legend."""
        return (
            "Baseline"
            if self.name == BASELINE
            else f"{self.number}: {textwrap.shorten(self.title, 38, placeholder='…')}"
        )

    @property
    def tick(self) -> str:
        """The label on two short lines, for an axis."""
        return "\n".join(textwrap.wrap(self.label, 26, max_lines=2, placeholder="…"))

    @property
    def colour(self) -> str:
        return "black" if self.name == BASELINE else COLOURS[(self.number - 1) % len(COLOURS)]

    @property
    def marker(self) -> str:
        return MARKERS[self.number % len(MARKERS)]

    def curve(self, name: str) -> list[float]:
        """A list of the loss curve (`step`, `loss`, …); empty where the run did not log it."""
        found = self.info.get("training", {}).get("curve", {}).get(name, [])
        return [float(value) for value in found]

    def metric(self, name: str) -> Value | None:
        """A metric's value, or None where it is missing or not finite: missing is not zero."""
        found = self.info.get("metrics", {}).get(name)
        if (
            isinstance(found, Mapping)
            and isinstance(found.get("mean"), (int, float))
            and math.isfinite(found["mean"])
        ):
            return Value(float(found["mean"]), found.get("spread"), int(found.get("n", 1)))
        return None


def load_runs(folder: Path) -> list[Run]:
    """Every run_* in `folder` that has a final_info.json, in order, titled from titles.json where there is one.

    Raises FileNotFoundError where there is none at all.
    """
    titles_file = folder / "titles.json"
    titles = json.loads(titles_file.read_text()) if titles_file.exists() else {}
    runs = [
        Run(path.parent.name, titles.get(path.parent.name, path.parent.name), json.loads(path.read_text()))
        for path in folder.glob("run_*/final_info.json")
        if re.fullmatch(r"run_\d+", path.parent.name)
    ]
    if not runs:
        raise FileNotFoundError(f"no run_*/final_info.json in {folder.resolve()}")
    return sorted(runs, key=lambda run: run.number)


def metric_names(runs: Sequence[Run]) -> list[str]:
    """The metrics that some run has, in the order of the first run that has them."""
    return list(dict.fromkeys(name for run in runs for name in run.info.get("metrics", {})))


def readable(name: str) -> str:
    """A metric's or setting's name as words: decoder_cosine → decoder cosine."""
    return name.replace("_", " ")


def style() -> None:
    """Use the house style for every figure made from now on."""
    plt.rcParams.update(STYLE)


def save(figure: Figure, folder: Path, name: str) -> None:
    """Write folder/name.pdf and folder/name.png, without the date, so that the same runs give the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / f"{name}.pdf", metadata={"CreationDate": None})
    figure.savefig(folder / f"{name}.png", metadata={"Software": None})
    plt.close(figure)


def curves(axes: Axes, runs: Sequence[Run], name: str, skip: int = 1) -> None:
    """One line for each run of a logged quantity by step, without the first `skip` points (they dwarf the rest)."""
    for run in runs:
        steps, values = run.curve("step")[skip:], run.curve(name)[skip:]
        if steps and len(steps) == len(values):
            axes.plot(
                steps, values, color=run.colour, label=run.label, zorder=3 if run.name == BASELINE else 2
            )
    axes.set(xlabel="training step", ylabel=readable(name))


def log_scale(axes: Axes) -> None:
    """A logarithmic y-axis with plain numbers at 1, 2, 3, 5 of each decade."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def bars(axes: Axes, runs: Sequence[Run], name: str) -> None:
    """One point for each run of a metric; the baseline's mean as a line, its spread over seeds as a band (± 2 sd)."""
    base = next((run.metric(name) for run in runs if run.name == BASELINE), None)
    if base:
        axes.axvline(base.mean, color="black", linewidth=0.8, zorder=1)
        if base.spread:
            axes.axvspan(
                base.mean - 2 * base.spread,
                base.mean + 2 * base.spread,
                color="black",
                alpha=0.12,
                linewidth=0,
            )
    for row, run in enumerate(runs):
        value = run.metric(name)
        if value:
            axes.plot(value.mean, row, run.marker, color=run.colour, markersize=6, zorder=3)
    axes.set(xlabel=readable(name), yticks=range(len(runs)), ylim=(len(runs) - 0.5, -0.5))
    axes.locator_params(axis="x", nbins=3)
    axes.grid(axis="y", visible=False)


def tradeoff(axes: Axes, runs: Sequence[Run], x: str, y: str) -> None:
    """One point for each run by two metrics; the baseline with ± 2 sd over its seeds."""
    for run in runs:
        across, up = run.metric(x), run.metric(y)
        if across and up:
            is_baseline = run.name == BASELINE
            axes.errorbar(
                across.mean,
                up.mean,
                xerr=2 * across.spread if is_baseline and across.spread else None,
                yerr=2 * up.spread if is_baseline and up.spread else None,
                fmt=run.marker,
                color=run.colour,
                label=run.label,
                markersize=7,
                capsize=3,
                zorder=3,
            )
    axes.set(xlabel=readable(x), ylabel=readable(y))
