"""Drawing for plot.py: one look (colour-blind-safe, labelled, PDF and PNG), and a function for each kind of panel.

`load_runs(Path())` gives the runs in order, run_0 first. A Run has `.name`, `.number`, `.title`, `.is_baseline`,
`.label` and `.tick` (number and title, for legends and axes), `.info` (final_info.json), `.curve("loss") → [float]` (of
training.curve; empty where not logged), `.metric(name) → Value(mean, spread, n, noise)` or None where missing, and
`.detail(name)`, one of the distributions below or None. A run that is not comparable (`.differences`) is drawn hollow. `beside(runs)` are the controls. `colour(run)` and `marker(run)` are the same in every figure.

A panel function draws into matplotlib axes and returns whether there was anything to draw: leave the figure out if not.
details: decoder_cosine_histogram and density_histogram {edges, counts} · absorption_by_letter {letter:
{absorption_fraction, full_absorption, n}} · probing_by_k {k: accuracy} · gram {latents, values}.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullLocator

from harness.show.controls import Control, controls_of, mark_controls
from harness.show.runs import BASELINE, Run, Value, load_runs, metric_names

__all__ = [
    "BASELINE",
    "Control",
    "Run",
    "Value",
    "absorption_by_letter",
    "bars",
    "beside",
    "colour",
    "curves",
    "gram",
    "histogram",
    "legend_below",
    "load_runs",
    "log_scale",
    "marker",
    "metric_names",
    "probing_by_k",
    "readable",
    "save",
    "style",
    "tradeoff",
]

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


def legend_below(figure: Figure, axes: Axes) -> None:
    """One legend for the whole figure, under it, from what is labelled in `axes`; the figure grows by its height."""
    handles, labels = axes.get_legend_handles_labels()
    columns = min(3, max(1, len(labels)))
    rows = -(-len(labels) // columns)
    lines = [label.count("\n") + 1 for label in labels]
    tallest = max((sum(lines[at : at + rows]) for at in range(0, len(lines), rows)), default=0)
    figure.set_figheight(figure.get_figheight() + 0.12 * tallest + 0.07 * rows)
    figure.legend(handles, labels, loc="outside lower center", ncols=columns)


def log_scale(axes: Axes) -> None:
    """A logarithmic y-axis with plain numbers at 1, 1.5, 2, 3, 5 of each decade."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def curves(axes: Axes, runs: Sequence[Run], name: str, skip: int = 1) -> bool:
    """One line for each run of a logged quantity by step, without the first `skip` points (they dwarf the rest)."""
    for run in runs:
        steps, values = run.curve("step")[skip:], run.curve(name)[skip:]
        if steps and len(steps) == len(values):
            dashes = "--" if run.differences else "-"
            axes.plot(steps, values, dashes, color=colour(run), label=run.label, zorder=_front(run))
    axes.set(xlabel="training step", ylabel=readable(name))
    if name == "dead":  # a count
        axes.locator_params(axis="y", integer=True)
    return bool(axes.lines)


def bars(axes: Axes, runs: Sequence[Run], name: str) -> bool:
    """One point for each run of a metric, a row each; the baseline's mean as a line with the band that verdicts use; each
    control that was measured beside it as a dashed line.

    The band (`noise` in run_0/final_info.json) is where one more run of the baseline would fall 19 times of 20; without
    at least two seeds, or where the file lacks it, there is none.
    """
    base = next((run.metric(name) for run in runs if run.is_baseline), None)
    if base:
        axes.axvline(base.mean, color="black", linewidth=0.8, zorder=1)
        if base.noise:
            axes.axvspan(base.mean - base.noise, base.mean + base.noise, color="black", alpha=0.12, linewidth=0)
    found = [(row, run, value) for row, run in enumerate(runs) if (value := run.metric(name))]
    for row, run, value in found:
        axes.plot(value.mean, row, marker(run), color=colour(run), markerfacecolor=_face(run), markersize=6, zorder=3)
    axes.set(xlabel=readable(name), yticks=range(len(runs)), ylim=(len(runs) - 0.5, -0.5))
    axes.set_yticklabels([run.tick for run in runs], fontsize=6.5)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.grid(axis="y", visible=False)
    if found:
        mark_controls(axes, beside(runs), name)
    return bool(found)


def tradeoff(axes: Axes, runs: Sequence[Run], x: str, y: str) -> bool:
    """One point for each run by two metrics; the baseline with the band of `bars` as its cross."""
    drawn = False
    for run in runs:
        across, up = run.metric(x), run.metric(y)
        if across and up:
            drawn = True
            at = (across.mean, up.mean)
            look = {"color": colour(run), "markerfacecolor": _face(run), "zorder": _front(run)}
            axes.plot(*at, marker(run), label=run.label, markersize=7, **look)
            axes.errorbar(*at, yerr=up.noise, xerr=across.noise, color=colour(run), elinewidth=1, capsize=3)
    axes.set(xlabel=readable(x), ylabel=readable(y))
    return drawn


def histogram(axes: Axes, runs: Sequence[Run], name: str) -> bool:
    """One outline for each run of details.<name>: the share of what was counted in each bin, over the bins in use."""
    used: list[float] = []
    for run in runs:
        found = run.detail(name)
        if found and sum(found["counts"]):
            edges, counts = found["edges"], found["counts"]
            shares = [count / sum(counts) for count in counts]
            axes.stairs(shares, edges, color=colour(run), label=run.label, linewidth=1.1, zorder=_front(run))
            used += [end for at, count in enumerate(counts) if count for end in edges[at : at + 2]]
    if used:
        axes.set_xlim(min(used), max(used))
    axes.set(xlabel=readable(name.removesuffix("_histogram")), ylabel="share of latents")
    return bool(used)


def absorption_by_letter(axes: Axes, runs: Sequence[Run], quantity: str = "absorption_fraction") -> bool:
    """A table of colours, one row for each run and one column for each letter; grey where a letter was not measured."""
    shown = [run for run in runs if run.detail("absorption_by_letter")]
    letters = sorted({letter for run in shown for letter in run.detail("absorption_by_letter")})
    if not letters:
        return False
    rows = [[run.detail("absorption_by_letter").get(letter, {}).get(quantity) for letter in letters] for run in shown]
    numbers = [[float("nan") if value is None else value for value in row] for row in rows]
    axes.set_facecolor("#DDDDDD")
    image = axes.imshow(numbers, aspect="auto", cmap="viridis", vmin=0, vmax=1)
    axes.set_xticks(range(len(letters)), letters)
    axes.set_yticks(range(len(shown)), [run.tick for run in shown], fontsize=6.5)
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.get_figure(root=True).colorbar(image, ax=axes, label=readable(quantity), pad=0.01)
    axes.set_xlabel("first letter")
    return True


def probing_by_k(axes: Axes, runs: Sequence[Run]) -> bool:
    """One line for each run: accuracy of probes on the k best latents, by k; chance is 0.5."""
    ks: set[int] = set()
    for run in runs:
        points = sorted((int(k), accuracy) for k, accuracy in (run.detail("probing_by_k") or {}).items())
        if points:
            axes.plot(
                *zip(*points, strict=True),
                marker=marker(run),
                color=colour(run),
                markerfacecolor=_face(run),
                label=run.label,
                markersize=4.5,
                zorder=_front(run),
            )
            ks |= {k for k, _ in points}
    if ks:
        axes.set_xscale("log", base=2)
        axes.set_xticks(sorted(ks), [str(k) for k in sorted(ks)])
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set(xlabel="latents that the probe reads", ylabel="probing accuracy")
    return bool(ks)


def gram(axes: Axes, run: Run) -> bool:
    """Cosines of the decoder directions of a run's most frequent latents, as a square of colours from −1 to 1."""
    found = run.detail("gram")
    if not found:
        return False
    image = axes.imshow(found["values"], cmap="RdBu_r", vmin=-1, vmax=1)
    axes.set_title(run.tick)
    axes.set(xlabel="latent, most frequent first", ylabel="latent")
    axes.grid(visible=False)
    axes.get_figure(root=True).colorbar(image, ax=axes, label="cosine of decoder directions", shrink=0.8)
    return True


def beside(runs: Sequence[Run]) -> tuple[Control, ...]:
    """The controls that were measured beside the baseline: `.name`, `.title`, `.metrics`; none where no file tells any."""
    return next((controls_of(run.controls) for run in runs if run.is_baseline), ())


def _face(run: Run) -> str:
    """What fills a run's marker: nothing where the run is not comparable with the baseline."""
    return "none" if run.differences else colour(run)


def _front(run: Run) -> int:
    return 3 if run.is_baseline else 2
