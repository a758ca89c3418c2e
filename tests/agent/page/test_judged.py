"""Verdicts, the conclusion and the charts of the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from agent.page.judged import Judged, charts, conclusion, judge, rows
from agent.session.events import RunAccepted
from agent.session.folder import Folder
from agent.session.paths import SessionPaths
from agent.session.reading import Reading
from tests.world.sessions import final_info, make_idea, make_template


def source_of(tmp_path: Path, values: Sequence[float], seeds: int = 3, comparable: Sequence[int] = ()) -> Reading:
    """A source whose runs have these explained variances; runs whose index is in `comparable` are not comparable."""
    events = [
        RunAccepted(
            run=f"run_{n}",
            title=f"try {n}",
            results=final_info(value, 0.15, seeds=1 if n else seeds),
            comparable=["config.k: 16 → 32"] if n in comparable else [],
        )
        for n, value in enumerate(values)
    ]
    template = make_template(tmp_path / "pocket")
    return Reading(
        paths=SessionPaths(tmp_path),
        folder=Folder(tmp_path),
        events=tuple(events),
        idea=make_idea(),
        metrics=template.metrics,
        primary=template.primary,
    )


def judged_of(source: Reading) -> Judged | None:
    """Its results, which can all be read."""
    problems: list[str] = []
    judged = judge(source, problems)
    assert not problems
    return judged


@pytest.mark.parametrize(
    ("values", "seeds", "apart", "says"),
    [
        ([], 3, (), "No baseline has been measured yet"),
        ([0.881], 3, (), "no run has been accepted yet"),
        ([0.881, 0.860, 0.870], 3, (), "No run beat the baseline in explained_variance, out of 2 accepted."),
        (
            [0.881, 0.882],
            3,
            (),
            "No run beat the baseline beyond noise. The nearest is run_1: explained_variance 0.8820, +0.0010",
        ),
        (
            [0.881, 0.9, 0.95],
            3,
            (),
            "run_2 is best: explained_variance 0.9500, +0.0690 against the baseline, better beyond noise (±0.0099).",
        ),
        (
            [0.881, 0.9, 0.95],
            3,
            (2,),
            "run_1 is best: explained_variance 0.9000, +0.0190 against the baseline, better beyond noise (±0.0099) (1 not",
        ),
        ([0.881, 0.9], 1, (), "noise is not known, so this says little"),
    ],
)
def test_the_conclusion_claims_no_more_than_the_noise_allows(
    tmp_path: Path, values: list[float], seeds: int, apart: tuple[int, ...], says: str
) -> None:
    """Best beyond noise, best within noise, none better, noise unknown, nothing yet: each is said as what it is."""
    assert says in conclusion(judged_of(source_of(tmp_path, values, seeds, apart)))


def test_a_run_that_cannot_be_compared_gets_no_verdict(tmp_path: Path) -> None:
    """However good its value, its word is `not comparable` and it is not the best."""
    judged = judged_of(source_of(tmp_path, [0.881, 0.99], comparable=(1,)))
    assert judged is not None
    _, run = rows(judged)
    assert {cell.word for cell in run.cells} == {"not comparable"}
    assert not run.best


@pytest.mark.parametrize(("value", "best"), [(0.95, True), (0.882, False), (0.5, False)])
def test_only_a_run_beyond_noise_is_marked_as_the_best(tmp_path: Path, value: float, best: bool) -> None:
    """The highest value within the noise carries no mark."""
    judged = judged_of(source_of(tmp_path, [0.881, value]))
    assert judged is not None
    assert [row.best for row in rows(judged)] == [False, best]


def test_a_metric_where_lower_is_better_is_judged_by_its_own_direction(tmp_path: Path) -> None:
    """A higher l0 (lower is better, no noise at all) is worse; a lower one better."""
    source = source_of(tmp_path, [0.881])
    more = [
        RunAccepted(run=f"run_{n}", title="", results=final_info(0.881, 0.15, l0=l0))
        for n, l0 in ((1, 17.0), (2, 15.0))
    ]
    source = replace(source, events=(*source.events, *more))
    judged = judged_of(source)
    assert judged is not None
    words = [row.cells[2].word for row in rows(judged)]
    assert words == ["", "worse", "better"]


def test_every_point_and_the_band_lie_inside_the_chart(tmp_path: Path) -> None:
    """Points, ticks and band are within the picture, higher values higher up, with one label a run where there is room."""
    judged = judged_of(source_of(tmp_path, [0.881, 0.9, 0.5, 0.93]))
    assert judged is not None
    chart = charts(judged)[0]
    assert chart.metric == "explained_variance"
    assert all(
        chart.left < point.x < chart.width - chart.right and 0 < point.y < chart.height - 20 for point in chart.points
    )
    assert [point.run for point in sorted(chart.points, key=lambda point: point.y)] == [
        "run_3",
        "run_1",
        "run_0",
        "run_2",
    ]
    assert chart.band is not None
    top, height = chart.band
    assert top < chart.base_y < top + height
    assert 2 <= len(chart.ticks) <= 8
    assert "run_2: 0.5000, worse" in chart.summary


@pytest.mark.parametrize("values", [[0.0, 0.0], [1e-12, 1e12], [-5.0, -5.0], [1e300, -1e300]])
def test_charts_survive_flat_and_extreme_values(tmp_path: Path, values: list[float]) -> None:
    """Equal, tiny and enormous values still give a chart with numbers in it."""
    judged = judged_of(source_of(tmp_path, values, seeds=1))
    assert judged is not None
    chart = charts(judged)[0]
    assert chart.ticks
    assert all(point.y == point.y and abs(point.y) < 10_000 for point in chart.points)


def test_a_value_that_is_no_number_is_missing_not_zero(tmp_path: Path) -> None:
    """NaN in the journal is shown as missing."""
    judged = judged_of(source_of(tmp_path, [0.881, float("nan")]))
    assert judged is not None
    cell = rows(judged)[1].cells[0]
    assert (cell.value, cell.word) == ("missing", "not measured")
