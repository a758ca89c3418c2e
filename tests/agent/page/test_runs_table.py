"""The table of runs on the page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.page.runs_table import looks_of, reported_view, table_of
from agent.results.collect import UNKNOWN
from agent.session.template.reported import Reported
from tests.agent.page.planted import planted_results


def test_the_primary_metric_comes_first_with_its_direction_and_noise(tmp_path: Path) -> None:
    """Columns say which way is better, the unit, and the baseline's noise; a column a cell in each row."""
    columns, rows = table_of(planted_results(tmp_path, [0.881, 0.9]))
    assert [(column.name, column.better, column.unit, column.primary) for column in columns] == [
        ("explained_variance", "higher is better", "", True),
        ("absorption", "lower is better", "", False),
        ("l0", "lower is better, good at 16 or below", "latents", False),
    ]
    assert (columns[0].noise, columns[2].noise) == ("±0.0099", "unknown (all seeds gave the same)")
    assert [len(row.cells) for row in rows] == [3, 3]
    assert rows[1].primary == rows[1].cells[0]


def test_below_the_noise_stands_that_of_all_looks(tmp_path: Path) -> None:
    """A second band, for how many looks it is, and `(one look)` at what the first alone bears; one look has one band."""
    results = planted_results(tmp_path, [0.881, 0.8935, 0.881, 0.95])
    columns, (_, near, _, far) = table_of(results)
    assert (columns[0].noise, columns[0].band, columns[2].band) == ("±0.0099", "±0.0177", "")
    assert looks_of(results).startswith("3 at the primary metric (3 runs), 9 at the others")
    assert (near.cells[0].word, far.cells[0].word) == ("better (one look)", "better")
    alone = replace(
        results, runs=results.runs[:2], metrics={"explained_variance": results.metrics["explained_variance"]}
    )
    assert looks_of(alone) == "" and table_of(alone)[1][1].cells[0].word == "better"


def test_what_the_idea_does_not_name_is_folded(tmp_path: Path) -> None:
    """The primary metric never is, and where the idea names none nothing is."""
    results = planted_results(tmp_path, [0.881, 0.9])
    for leading, folded in (((), []), (("l0",), ["absorption"]), (("explained_variance",), ["absorption", "l0"])):
        columns, _ = table_of(results, leading)
        assert [column.name for column in columns if column.folded] == folded


def test_the_baseline_has_a_spread_and_no_verdict(tmp_path: Path) -> None:
    """A run has a difference and a word, with a true minus sign."""
    _, (base, run) = table_of(planted_results(tmp_path, [0.881, 0.86]))
    assert (base.cells[0].value, base.cells[0].spread, base.cells[0].word) == ("0.8810", "± 0.0020 (n = 3)", "")
    assert (run.cells[0].value, run.cells[0].delta, run.cells[0].word) == ("0.8600", "−0.0210", "worse")
    assert run.cells[0].tone == "bad"


def test_a_run_that_cannot_be_compared_gets_no_verdict(tmp_path: Path) -> None:
    """However good its value, its word is `not comparable` and it is not the best."""
    _, (_, run) = table_of(planted_results(tmp_path, [0.881, 0.99], unlike=[1]))
    assert {cell.word for cell in run.cells} == {"not comparable"}
    assert not run.best


@pytest.mark.parametrize(("value", "best"), [(0.95, True), (0.882, False), (0.5, False)])
def test_only_a_run_beyond_noise_is_marked_as_the_best(tmp_path: Path, value: float, best: bool) -> None:
    """The highest value within the noise carries no mark."""
    _, rows = table_of(planted_results(tmp_path, [0.881, value]))
    assert [row.best for row in rows] == [False, best]


def test_a_metric_where_lower_is_better_is_judged_by_its_own_direction(tmp_path: Path) -> None:
    """A higher absorption (lower is better) is worse; a lower one better."""
    results = planted_results(tmp_path, [0.881, 0.881, 0.881])
    runs = [
        replace(run, values={**run.values, "absorption": replace(run.values["absorption"], mean=mean)})
        for run, mean in zip(results.runs, (0.15, 0.9, 0.01), strict=True)
    ]
    _, rows = table_of(replace(results, runs=tuple(runs)))
    assert [row.cells[1].word for row in rows] == ["", "worse", "better"]


def test_seeds_that_gave_the_same_judge_nothing(tmp_path: Path) -> None:
    """All seeds had one l0: another one is neither better nor worse, the same one is equal, and none is the best."""
    results = planted_results(tmp_path, [0.881, 0.881, 0.881, 0.881], l0=[16.0, 17.0, 15.0, 16.0])
    _, rows = table_of(replace(results, primary="l0"))
    assert [row.primary.word for row in rows if row.primary] == ["", "noise unknown", "noise unknown", "equal"]
    assert not any(row.best for row in rows)


def test_unknown_noise_is_no_noise_of_zero(tmp_path: Path) -> None:
    """With a baseline of one seed the noise is said to be unknown, and no run is better or the best."""
    columns, (_, run) = table_of(planted_results(tmp_path, [0.881, 0.99], seeds=1))
    assert columns[0].noise == ""
    assert (run.cells[0].word, run.best) == ("noise unknown", False)


def test_an_unknown_direction_is_never_guessed(tmp_path: Path) -> None:
    """A metric that no template declares is shown, with no verdict; as the primary one it makes no run the best."""
    results = planted_results(tmp_path, [0.881, 0.99])
    results = replace(results, metrics={**results.metrics, "explained_variance": UNKNOWN})
    columns, (_, run) = table_of(results)
    assert columns[0].better == "direction unknown"
    assert (run.cells[0].value, run.cells[0].word, run.best) == ("0.9900", "direction unknown", False)


def test_a_value_that_is_no_number_is_missing_not_zero(tmp_path: Path) -> None:
    """NaN in the journal is shown as missing."""
    _, (_, run) = table_of(planted_results(tmp_path, [0.881, float("nan")]))
    assert (run.cells[0].value, run.cells[0].delta, run.cells[0].word) == ("missing", "", "not measured")


def test_reported_values_are_shown_as_they_were_published() -> None:
    """All their digits; a dash where a baseline does not report a metric."""
    baselines = {"topk": {"metrics": {"ev": 0.999125}}, "relu": {"metrics": {"l0": 20}}}
    reported = Reported.model_validate({"format": 1, "reported": True, "source": "A paper.", "baselines": baselines})
    view = reported_view(reported)
    assert view is not None
    assert view.metrics == ("ev", "l0")
    assert view.rows == (("topk", ("0.999125", "–")), ("relu", ("–", "20")))
    assert reported_view(None) is None
