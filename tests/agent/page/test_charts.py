"""The charts of the page."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from agent.page.charts import charts_of
from agent.results.controls import ControlResult
from agent.results.values import Value
from agent.session.steps import ControlName
from tests.agent.page.planted import planted_results


def test_every_point_and_the_band_lie_inside_the_chart(tmp_path: Path) -> None:
    """Points, ticks and band are within the picture, higher values higher up, the primary metric first and wide."""
    charts = charts_of(planted_results(tmp_path, [0.881, 0.9, 0.5, 0.93]))
    chart = charts[0]
    assert [chart.metric for chart in charts] == ["explained_variance", "absorption", "l0"]
    assert charts[0].width > charts[1].width
    assert all(
        chart.left < point.x < chart.width - chart.right and 0 < point.y < chart.height - 20 for point in chart.points
    )
    highest_first = [point.run for point in sorted(chart.points, key=lambda point: point.y)]
    assert highest_first == ["run_3", "run_1", "run_0", "run_2"]
    assert chart.band is not None
    top, height = chart.band
    assert top < chart.base_y < top + height
    assert 2 <= len(chart.ticks) <= 8
    assert "run_0: 0.8810, the baseline; " in chart.summary
    assert "run_2: 0.5000, worse" in chart.summary


def test_many_looks_do_not_change_what_a_chart_shows(tmp_path: Path) -> None:
    """The band is that of one look: more runs at the same values widen the one for all looks, and neither band nor axis."""
    few = planted_results(tmp_path / "few", [0.881, 0.9])
    many = planted_results(tmp_path / "many", [0.881, *[0.9] * 9])
    assert (many.band("explained_variance") or 0) > (few.band("explained_variance") or 0) > 0
    one, other = charts_of(few)[0], charts_of(many)[0]
    assert (one.band, one.ticks, one.base_y) == (other.band, other.ticks, other.base_y)


@pytest.mark.parametrize("values", [[0.0, 0.0], [1e-12, 1e12], [-5.0, -5.0], [1e300, -1e300]])
def test_charts_survive_flat_and_extreme_values(tmp_path: Path, values: list[float]) -> None:
    """Equal, tiny and enormous values still give a chart with numbers in it; unknown noise draws no band."""
    chart = charts_of(planted_results(tmp_path, values, seeds=1))[0]
    assert chart.ticks
    assert all(point.y == point.y and abs(point.y) < 10_000 for point in chart.points)
    assert chart.band is None


def test_many_runs_leave_out_labels_and_no_point(tmp_path: Path) -> None:
    """Sixty runs: every point is drawn, so few labels that none lies on the next."""
    chart = charts_of(planted_results(tmp_path, [0.881] * 60))[0]
    labelled = [point.x for point in chart.points if point.show_label]
    assert len(chart.points) == 60
    assert min(after - before for before, after in pairwise(labelled)) >= 20


def test_a_metric_that_the_baseline_lacks_has_no_chart(tmp_path: Path) -> None:
    """There is nothing to draw its runs against; a run without a value has no point."""
    results = planted_results(tmp_path, [0.881, float("nan"), 0.9])
    base, *runs = results.runs
    without = replace(base, values={name: value for name, value in base.values.items() if name != "l0"})
    charts = charts_of(replace(results, runs=(without, *runs)))
    assert [chart.metric for chart in charts] == ["explained_variance", "absorption"]
    assert [point.run for point in charts[0].points] == ["run_0", "run_2"]
    assert not [point for point in charts[0].points if point.hollow]


def test_a_control_far_off_is_named_and_squeezes_nothing(tmp_path: Path) -> None:
    """The chart is that of the runs, as without it; the words say where the control stands."""
    control = ControlResult(ControlName("untrained"), "an untrained model", {"explained_variance": Value(0.21)})
    results = planted_results(tmp_path, [0.881, 0.9])
    chart, alone = charts_of(replace(results, controls=(control,)))[0], charts_of(results)[0]
    assert chart.controls == () and chart.far == ("an untrained model: 0.2100",)
    assert (chart.points, chart.ticks, chart.band) == (alone.points, alone.ticks, alone.band)
    assert "control, an untrained model: 0.2100" in chart.summary


def test_a_control_has_a_line_inside_the_chart(tmp_path: Path) -> None:
    """Of each metric that it has, at its value, which the chart makes room for and names in its words."""
    control = ControlResult(ControlName("untrained"), "an untrained model", {"explained_variance": Value(0.872)})
    results = planted_results(tmp_path, [0.881, 0.9])
    charts = charts_of(replace(results, controls=(control,)))
    [(y, told)] = charts[0].controls
    assert max(point.y for point in charts[0].points) < y < charts[0].height and told == "an untrained model: 0.8720"
    assert "control, an untrained model: 0.8720" in charts[0].summary
    assert charts[1].controls == () and all(not chart.controls for chart in charts_of(results))
