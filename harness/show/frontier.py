"""The frontiers of runs that are sweeps: what each scored at each of its points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from harness.show.look import colour, dashes, face, front, marker
from harness.show.runs import Run


def frontier(axes: Axes, runs: Sequence[Run], metric: str) -> bool:
    """A line for each run that is a sweep, by the place of its points (in powers of two) and a metric; the baseline with the noise
    of each point as a bar. Whether there was anything to draw."""
    drawn = False
    for run in runs:
        points = _points(run, metric)
        if not points:
            continue
        drawn = True
        at, values, noise = zip(*points, strict=True)
        look = {"color": colour(run), "markerfacecolor": face(run), "zorder": front(run)}
        axes.plot(at, values, marker=marker(run), linestyle=dashes(run), label=run.label, markersize=5, **look)
        known = [(x, y, by) for x, y, by in zip(at, values, noise, strict=True) if by]
        for x, y, by in known:
            axes.errorbar(x, y, yerr=by, color=colour(run), elinewidth=1, capsize=3)
        axes.set_xlabel(str((run.detail("frontier") or {}).get("over", "")))
    if drawn:
        axes.set_xscale("log", base=2)
    return drawn


def _points(run: Run, metric: str) -> list[tuple[float, float, float | None]]:
    """Place, value and noise of each point that has the metric."""
    found: Any = run.detail("frontier") or {}
    points = []
    for point in found.get("points", []):
        entry = point["metrics"].get(metric)
        if isinstance(entry, dict):
            points.append((point["at"], entry["mean"], entry.get("noise")))
        elif entry is not None:
            points.append((point["at"], entry, None))
    return sorted(points)
