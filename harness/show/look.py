"""One look for all figures: colours and markers by run, the legend, the scale, how a figure is written."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from harness.show.runs import Run

# Okabe & Ito's colours, told apart with any colour vision, and three more; black is the baseline's.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#7A4FA3", "#4D4D4D", "#B8A400")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
STYLE = {
    "figure.dpi": 110,
    "savefig.dpi": 200,
    "savefig.bbox": "tight",
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,  # a number beside an axis, to be added to its own, is overlooked
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 7.5,
    "legend.labelspacing": 0.7,
    "lines.linewidth": 1.4,
    "pdf.fonttype": 42,
}


def style() -> None:
    """Use the house style for every figure made from now on."""
    plt.rcParams.update(STYLE)


def save(figure: Figure, folder: Path, name: str) -> None:
    """Write folder/name.pdf and folder/name.png, without the date, so that the same runs give the same files."""
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / f"{name}.pdf", metadata={"CreationDate": None})
    figure.savefig(folder / f"{name}.png", metadata={"Software": None})
    plt.close(figure)


def colour(run: Run) -> str:
    return "black" if run.is_baseline else COLOURS[(run.number - 1) % len(COLOURS)]


def marker(run: Run) -> str:
    return MARKERS[run.number % len(MARKERS)]


def readable(name: str) -> str:
    """A metric's or setting's name as words: decoder_cosine → decoder cosine."""
    return name.replace("_", " ")


def dashes(run: Run) -> str:
    """A run's line: dashed where it is not comparable with the baseline, else one of three by number, so that print tells them apart."""
    if run.differences:
        return "--"
    return "-" if run.is_baseline else ("-", "-.", ":")[(run.number - 1) % 3]


def legend_below(figure: Figure, axes: Axes, note: str = "") -> None:
    """One legend for the whole figure, under it, from what is labelled in `axes`, headed by `note`; the figure grows by its
    height."""
    handles, labels = axes.get_legend_handles_labels()
    columns = min(3, max(1, len(labels)))
    rows = -(-len(labels) // columns)
    lines = [label.count("\n") + 1 for label in labels]
    tallest = max((sum(lines[at : at + rows]) for at in range(0, len(lines), rows)), default=0)
    figure.set_figheight(figure.get_figheight() + 0.12 * tallest + 0.07 * rows + (0.2 if note else 0))
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, title=note or None, title_fontsize=7)


def log_scale(axes: Axes) -> None:
    """A logarithmic y-axis with plain numbers at 1, 1.5, 2, 3, 5 of each decade."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def face(run: Run) -> str:
    """What fills a run's marker: nothing where the run is not comparable with the baseline."""
    return "none" if run.differences else colour(run)


def front(run: Run) -> int:
    return 3 if run.is_baseline else 2
