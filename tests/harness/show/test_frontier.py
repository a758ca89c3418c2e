"""The panel of frontiers draws the points of the files and nothing else."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

from harness import figures
from harness.show.runs import Run

pytestmark = pytest.mark.slow  # as every test that draws


def run(number: int, *points: tuple[float, object]) -> Run:
    found = {"over": "l0", "points": [{"at": at, "metrics": {"ev": value}} for at, value in points]}
    return Run(f"run_{number}", f"title {number}", {"details": {"frontier": found}} if points else {})


def test_a_sweeps_frontier_is_drawn_with_the_baselines_noise() -> None:
    """A line for each run that is a sweep, by place, the baseline's points with bars of their noise; nothing where none is."""
    axes = plt.figure().subplots()
    known = [(at, {"mean": mean, "spread": 0.01, "n": 3, "noise": 0.05}) for at, mean in ((8.0, 0.6), (16.0, 0.75))]
    runs = [run(0, *known), run(1), run(2, (16.0, 0.8), (8.0, 0.7))]
    assert figures.frontier(axes, runs, "ev")
    lines = [line.get_xydata().tolist() for line in axes.lines if line.get_label().startswith(("Baseline", "2"))]
    assert lines == [[[8.0, 0.6], [16.0, 0.75]], [[8.0, 0.7], [16.0, 0.8]]]
    assert (axes.get_xscale(), axes.get_xlabel()) == ("log", "l0")
    bars = [bar for each in axes.containers for bar in each.lines[2]]
    ends = [bar.get_segments()[0][:, 1].tolist() for bar in bars]
    assert ends == [pytest.approx([0.55, 0.65]), pytest.approx([0.7, 0.8])]
    assert not figures.frontier(plt.figure().subplots(), [run(0), run(1)], "ev")
    plt.close("all")
