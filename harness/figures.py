"""Drawing for plot.py: one look (colour-blind-safe, readable in black and white, PDF and PNG), a function for each kind of panel.

`load_runs(Path())` gives the runs in order, run_0 first. A Run has `.name`, `.number`, `.title`, `.is_baseline`, `.label` and
`.tick` (number and title, for legends and axes), `.info` (final_info.json), `.curve("loss") → [float]` (of training.curve;
empty where not logged), `.metric(name) → Value(mean, spread, n, noise)` or None where missing, `.fresh → {metric: one value a
fresh seed}` (the candidate's and the baseline's) and `.detail(name)`, one of the distributions below or None. A run that is
not comparable (`.differences`) is drawn hollow. `beside(runs)` are the controls. `colour(run)`, `marker(run)` and `dashes(run)`
are the same in every figure. `read_metrics(Path())` gives what each metric is; `directed(metrics, name)` its axis label.

A panel function draws into matplotlib axes and returns whether there was anything to draw: leave the figure out if not. Besides
those below: `confirmation(axes, runs, metric)`, `frontier(axes, runs, metric)`, `histogram(axes, runs, detail)`, `absorption_by_letter(axes, runs)`,
`probing_by_k(axes, runs)`, `gram(axes, run)`. `moving(runs, {name: label})` leaves out the curves that stand still, and says so.
details: decoder_cosine_histogram and density_histogram {edges, counts} · absorption_by_letter {letter:
{absorption_fraction, full_absorption, n}} · probing_by_k {k: accuracy} · gram {latents, values}.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from harness.show.controls import Control, controls_of, mark_controls
from harness.show.details import absorption_by_letter, gram, histogram, probing_by_k
from harness.show.fresh import confirmation
from harness.show.frontier import frontier
from harness.show.look import (
    COLOURS,
    MARKERS,
    STYLE,
    colour,
    dashes,
    face,
    front,
    legend_below,
    log_scale,
    marker,
    readable,
    save,
    style,
)
from harness.show.metrics import directed, labelled, more_is_better, read_metrics
from harness.show.runs import BASELINE, Run, Value, load_runs, metric_names
from harness.show.terms import moving, term

__all__ = [
    "BASELINE",
    "COLOURS",
    "MARKERS",
    "STYLE",
    "Control",
    "Run",
    "Value",
    "absorption_by_letter",
    "bars",
    "beside",
    "colour",
    "confirmation",
    "curves",
    "dashes",
    "directed",
    "frontier",
    "gram",
    "histogram",
    "labelled",
    "legend_below",
    "load_runs",
    "log_scale",
    "marker",
    "metric_names",
    "more_is_better",
    "moving",
    "probing_by_k",
    "read_metrics",
    "readable",
    "save",
    "style",
    "tradeoff",
]


def curves(axes: Axes, runs: Sequence[Run], name: str, skip: int = 1) -> bool:
    """One line for each run of a logged quantity by step, without the first `skip` points (they dwarf the rest); a run that logs it
    under another name is there with that name in its label."""
    for run in runs:
        logged = term(run, name, runs)
        steps, values = run.curve("step")[skip:], run.curve(logged)[skip:] if logged else []
        if steps and len(steps) == len(values):
            label = run.label if logged == name else f"{run.label}\n(logs {readable(name)} as {readable(logged)})"
            every = max(1, len(steps) // 4)
            axes.plot(
                steps,
                values,
                dashes(run),
                color=colour(run),
                label=label,
                zorder=front(run),
                marker=marker(run),
                markersize=3.5,
                markerfacecolor=face(run),
                markevery=(run.number % every, every),
            )
    axes.set(xlabel="training step", ylabel=readable(name))
    if name == "dead":  # a count
        axes.locator_params(axis="y", integer=True)
    return bool(axes.lines)


def bars(axes: Axes, runs: Sequence[Run], name: str) -> bool:
    """One point for each run of a metric, a row each; the baseline's mean as a line with the bands that verdicts use; each
    control that was measured beside it as a dashed line; below a row its fresh seeds, a small stroke each.

    The darker band (`noise` in run_0/final_info.json) is where one more run of the baseline would fall 19 times of 20, the
    lighter one the same for all looks that the session made; without at least two seeds there is none.
    """
    base = next((run for run in runs if run.is_baseline and run.metric(name)), None)
    if base:
        _noise(axes, base, name)
    found = [(row, run, value) for row, run in enumerate(runs) if (value := run.metric(name))]
    for row, run, value in found:
        axes.plot(value.mean, row, marker(run), color=colour(run), markerfacecolor=face(run), markersize=6, zorder=3)
        if fresh := run.fresh.get(name):
            axes.plot(
                fresh, [row + 0.32] * len(fresh), "|", color=colour(run), markersize=5, markeredgewidth=1.1, zorder=3
            )
    axes.set(xlabel=readable(name), yticks=range(len(runs)), ylim=(len(runs) - 0.5, -0.5))
    axes.set_yticklabels([run.tick for run in runs], fontsize=6.5)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.grid(axis="y", visible=False)
    if base:
        _all_looks(axes, base, name)
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
            look = {"color": colour(run), "markerfacecolor": face(run), "zorder": front(run)}
            axes.plot(*at, marker(run), label=run.label, markersize=7, **look)
            axes.errorbar(*at, yerr=up.noise, xerr=across.noise, color=colour(run), elinewidth=1, capsize=3)
    axes.set(xlabel=readable(x), ylabel=readable(y))
    return drawn


def beside(runs: Sequence[Run]) -> tuple[Control, ...]:
    """The controls that were measured beside the baseline: `.name`, `.title`, `.metrics`; none where no file tells any."""
    return next((controls_of(run.controls) for run in runs if run.is_baseline), ())


def _noise(axes: Axes, base: Run, name: str) -> None:
    """The baseline's mean with its band for one look."""
    value = base.metric(name)
    assert value is not None
    axes.axvline(value.mean, color="black", linewidth=0.8, zorder=1)
    if value.noise:
        axes.axvspan(value.mean - value.noise, value.mean + value.noise, color="black", alpha=0.12, linewidth=0)


def _all_looks(axes: Axes, base: Run, name: str) -> None:
    """The noise for all looks, behind the rest; where it ends beyond the runs the axis' end cuts it off: it never sets the limits."""
    value, wide = base.metric(name), base.bands.get(name, {}).get("all_looks")
    if value is None or not value.noise or not wide or wide <= value.noise:
        return
    limits = axes.get_xlim()
    axes.axvspan(value.mean - wide, value.mean + wide, color="black", alpha=0.07, linewidth=0, zorder=0)
    axes.set_xlim(limits)
