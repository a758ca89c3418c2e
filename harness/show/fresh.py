"""What fresh seeds said of the candidate, as a panel: one point a seed, both samples, the interval of their difference."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from harness.show.look import colour, marker, readable
from harness.show.runs import Run


def confirmation(axes: Axes, runs: Sequence[Run], name: str) -> bool:
    """A row of a metric for each run that was tried, the baseline, the candidate, what the plan holds against it: a point for each
    fresh seed, a stroke for the mean.

    The bar at the candidate's mean is the interval of the difference of the two means (95 % for all metrics that could be claimed
    together): where it does not reach the baseline's mean, the dashed line, the two differ beyond noise.
    """
    shown = [run for run in runs if run.fresh.get(name)]
    if len(shown) < 2:
        return False
    for row, run in enumerate(shown):
        values, mean = run.fresh[name], statistics.fmean(run.fresh[name])
        axes.plot(
            values,
            [row] * len(values),
            marker(run),
            color=colour(run),
            markerfacecolor="none",
            markersize=4.5,
            linestyle="none",
        )
        axes.plot([mean], [row], "|", color=colour(run), markersize=15, markeredgewidth=2)
        if run.is_baseline:
            axes.axvline(mean, color="black", linewidth=0.8, linestyle="--", zorder=1)
        if run.is_candidate and (half := _interval(runs, name)):
            axes.errorbar(mean, row + 0.28, xerr=half, color=colour(run), elinewidth=1.2, capsize=3)
    axes.set(xlabel=readable(name), yticks=range(len(shown)), ylim=(len(shown) - 0.4, -0.5))
    axes.set_yticklabels([run.tick for run in shown], fontsize=6.5)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.grid(axis="y", visible=False)
    return True


def _interval(runs: Sequence[Run], name: str) -> float | None:
    """The half-width that the tool tells of the difference of candidate and baseline; None where it is not known."""
    base = next((run for run in runs if run.is_baseline), None)
    found = base.bands.get(name, {}).get("fresh", {}).get("noise") if base else None
    return float(found) if found else None
