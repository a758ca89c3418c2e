"""Controls beside the baseline: which metrics do not tell it from them, and how that is said wherever values stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.results.collect import collect, collect_readable
from agent.results.controls import ControlResult
from agent.results.results import Results
from agent.results.tables.grid import grid_of, primary_first
from agent.results.tables.markdown import results_table, run_table
from agent.results.tables.plain import plain_table
from agent.results.values import Value
from agent.results.words.compared import compare_text
from agent.results.words.conclusion import best_text, conclusion_text, control_warnings
from agent.results.words.phrases import verdict_text
from agent.session.events import ControlMeasured, RunAccepted
from agent.session.run_info import RunInfo
from agent.session.steps import ControlName
from tests.world.study import METRICS, controlled
from tests.world.study import results as study

HERE = "an untrained model scores 0.592 here"


def beside(value: float, spread: float | None = 0.0004, n: int = 3, metric: str = "explained_variance") -> Results:
    """The study with one control of this value on one metric, and a baseline of this spread over n seeds."""
    found = study()
    base = replace(found.baseline, values={**found.baseline.values, metric: Value(0.8912, spread, n)})
    control = ControlResult(ControlName("untrained"), "an untrained model", {metric: Value(value)})
    return replace(found, runs=(base, *found.runs[1:]), controls=(control,))


@pytest.mark.parametrize(
    ("value", "marked"), [(0.2, False), (0.8885, False), (0.8900, True), (0.8912, True), (0.95, True)]
)
def test_a_metric_is_marked_unless_the_baseline_beats_the_control_beyond_noise(value: float, marked: bool) -> None:
    """Worse beyond noise: no mark. Within noise, equal, or better: the control is named."""
    found = beside(value)
    assert (found.unbeaten("explained_variance") is not None) is marked
    assert found.unbeaten("mse") is None, "no control measured it"


def test_the_metrics_own_direction_decides() -> None:
    """Where lower is better, an untrained model with less of it is the one that counts."""
    assert beside(0.2, metric="mse").unbeaten("mse") is not None
    assert beside(2.0, metric="mse").unbeaten("mse") is None


@pytest.mark.parametrize(("value", "marked"), [(0.2, False), (0.95, True)])
def test_where_the_noise_is_unknown_only_a_control_that_does_as_well_is_named(value: float, marked: bool) -> None:
    """With one seed no run is judged anyway; a control that is worse by its mean is not said to be as good."""
    assert (beside(value, None, 1).unbeaten("explained_variance") is not None) is marked


def test_the_best_of_several_controls_is_named() -> None:
    """The raw dimension does better than the untrained model, so that is whom the mark names."""
    rival = controlled().unbeaten("feature_separation")
    assert rival is not None and rival.name == "raw_dimension"


def test_verdicts_stay_and_carry_the_controls_value() -> None:
    """Numbers and verdicts are kept; behind a verdict or a comparison stands what an untrained model scores."""
    found = controlled()
    run, other = found.runs[3], found.runs[2]
    assert verdict_text(found, run, "absorption_fraction") == f"within noise of the baseline ({HERE})"
    assert verdict_text(found, run, "explained_variance") == "better than the baseline, beyond noise"
    assert compare_text(found, run, other, "absorption_fraction").endswith(f"({HERE})")


def test_a_primary_metric_that_tells_nothing_names_no_best_and_no_conclusion() -> None:
    """A run better beyond noise on such a metric is neither the best nor concluded from, and the session is told at once."""
    found = beside(0.95)
    assert found.best.is_baseline and best_text(found) == "Run 4 cannot be compared with it."
    assert conclusion_text(found) == (
        "On explained variance the baseline cannot be told from an untrained model, which scores 0.9500, "
        "so nothing is concluded from it, although run 3 measured better than the baseline."
    )
    line, remedy = control_warnings(found)
    assert "name another Primary_Metric" in remedy and line.startswith(
        "the primary metric cannot tell the baseline from a control (an untrained model scores 0.9500"
    )
    assert study().best.name == "run_3" and control_warnings(study()) == []


def test_a_session_is_told_of_its_other_marked_metrics() -> None:
    """One line names them all, and none on which the baseline beats its controls: a session has some twenty metrics."""
    (line,) = control_warnings(controlled())
    assert line.startswith("3 of ") and line.endswith(": absorption fraction, feature separation, l0")


def test_every_table_has_rows_of_controls_and_marks_with_a_legend() -> None:
    """Markdown, the table of a note, aligned text: the controls stand after the baseline, the mark at every value."""
    found = controlled()
    brief, note = results_table(found), run_table(found, found.runs[3])
    plain = plain_table(grid_of(found))
    assert "| metric | better | baseline | noise | all looks | untrained | raw_dimension | run_1 |" in brief
    assert "| absorption_fraction | lower | 0.704~ | ±0.288 | ±1.337 | 0.592 | – | 0.720=~ |" in brief
    assert f"absorption_fraction: {HERE}" in brief and "untrained: a control, an untrained model" in brief
    assert (
        "| metric | value | baseline | untrained | raw_dimension | delta | noise | all looks | verdict |" in note
        and HERE in note
    )
    lines = plain.splitlines()
    assert [line.split()[0] for line in lines[2:5]] == ["run_0", "untrained", "raw_dimension"]
    assert "0.751~" in lines[7] and "0.8971+ " in lines[7] and lines[-1].startswith("(~ the baseline is not better")


def test_without_controls_nothing_new_stands_in_a_table() -> None:
    """A template that declares none has the tables that it had."""
    text = "\n".join([results_table(study()), run_table(study(), study().runs[1]), plain_table(grid_of(study()))])
    assert "~" not in text and "control" not in text and "untrained" not in text


def test_the_columns_are_moved_with_the_controls() -> None:
    """With the primary metric first, a control's cells move as the runs' do."""
    found = replace(controlled(), primary="mse")
    grid = primary_first(grid_of(found))
    assert [cell.name for cell in grid.controls[0].cells] == [column.name for column in grid.columns]
    assert grid.controls[0].cells[0].shown == "0.7876"


def test_a_control_that_cannot_be_read_is_told_and_the_rest_stands() -> None:
    """Damage in one control's record costs that control alone, on the page; a session that works with it is refused."""
    base = RunAccepted(run="run_0", title="Baseline", results=RunInfo({"metrics": {"mse": {"mean": 0.1}}}))
    good = ControlMeasured(control="untrained", title="an untrained model", results=base.results)
    bad = ControlMeasured(control="frozen", title="a frozen one", results=RunInfo({"metrics": {"mse": {"mean": "x"}}}))
    seen = collect_readable(METRICS, "mse", [base], [good, bad])
    assert seen.results is not None and [control.name for control in seen.results.controls] == ["untrained"]
    assert seen.problems == ("the control frozen: its recorded results cannot be read; it is left out",)
    with pytest.raises(Exception, match="the control frozen"):
        collect(METRICS, "mse", [base], [bad])


def test_a_control_that_measured_nothing_is_none() -> None:
    """A probe on dimensions beside a baseline that has no probing: no column of dashes in any table, no name to refer to."""
    base = RunAccepted(run="run_0", title="Baseline", results=RunInfo({"metrics": {"mse": {"mean": 0.1}}}))
    nothing = ControlMeasured(control="raw", title="a probe", results=RunInfo({"metrics": {}}))
    seen = collect(METRICS, "mse", [base], [nothing])
    assert seen.controls == () and "raw" not in results_table(seen)
