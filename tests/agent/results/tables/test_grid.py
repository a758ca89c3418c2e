"""The grid and its printers: every value with its mark, and nothing judged that was not measured on both sides."""

from __future__ import annotations

from collections.abc import Mapping

from agent.evidence.evidence import Evidence
from agent.experiment.baseline import merge_seeds
from agent.results.collect import collect, collect_readable
from agent.results.results import Results
from agent.results.tables.grid import grid_of, primary_first
from agent.results.tables.markdown import results_table, run_table
from agent.results.tables.plain import plain_table
from agent.session.events import RunAccepted
from agent.session.run_info import RunInfo
from agent.session.template.contract import Metric, Template
from tests.world.study import METRICS as STUDY
from tests.world.study import results as study

METRICS = {
    "loss": Metric(direction="lower", description="loss", primary=True),
    "ravel": Metric(direction="higher", description="a slow eval", optional=True),
    "unlearning": Metric(direction="higher", description="one that needs a data set", optional=True),
}


def results(baseline: Mapping[str, float], run: Mapping[str, float]) -> Results:
    """A baseline of three seeds with a spread of 0.01 on each metric, and one run."""
    seeds = {name: {"mean": value, "spread": 0.01, "n": 3} for name, value in baseline.items()}
    one = {name: {"mean": value, "spread": None, "n": 1} for name, value in run.items()}
    events = [
        RunAccepted(run=f"run_{index}", title="", results={"config": {}, "training": {}, "metrics": metrics})
        for index, metrics in enumerate((seeds, one))
    ]
    return collect(METRICS, "loss", events)


def test_an_optional_metric_that_is_there_is_judged_as_any_other() -> None:
    """Measured by baseline and run, it has a verdict by its own direction."""
    found = results({"loss": 1.0, "ravel": 0.5}, {"loss": 1.0, "ravel": 0.9})
    assert found.verdict(found.runs[1], "ravel").word == "better"


def test_one_that_a_side_lacks_is_not_judged() -> None:
    """Without a value of the run or of the baseline there is no verdict; tables show a dash, not a zero."""
    for base, mine in (({"loss": 1.0, "ravel": 0.5}, {"loss": 0.5}), ({"loss": 1.0}, {"loss": 0.5, "ravel": 0.9})):
        found = results(base, mine)
        assert found.verdict(found.runs[1], "ravel").word == "not measured"
        assert Evidence(found).resolve("run_1.ravel.verdict").text == "not measured"
        assert "–" in next(line for line in results_table(found).splitlines() if line.startswith("| ravel"))
        assert "–" in Evidence(found).resolve("table ravel").text


def test_one_that_nobody_measured_is_left_out() -> None:
    """No table, prompt or reference speaks of an optional metric that no run has; the required ones stay."""
    found = results({"loss": 1.0, "ravel": 0.5}, {"loss": 0.5})
    assert list(found.metrics) == ["loss", "ravel"]
    assert "unlearning" not in results_table(found)
    assert "ravel" not in run_table(found, found.runs[1]), "a note has no row for what its run lacks"


def test_a_baseline_that_lacks_it_in_one_seed_does_not_judge_by_it() -> None:
    """Two of three seeds would be another noise than the rest has: the metric is left out of run_0."""
    template = Template.model_validate(
        {
            "format": 1,
            "name": "x",
            "title": "x",
            "metrics": METRICS,
            "proofs": [{"check": "training.steps > 0", "reason": "x"}],
            "experiment": {"command": ["x"], "editable": ["x"], "timeout_s": 1},
            "figures": {"command": ["x"], "editable": ["y"]},
        }
    )
    infos = {
        seed: {
            "config": {},
            "training": {},
            "metrics": {"loss": {"mean": 1.0 + seed}, **({"ravel": {"mean": 0.5}} if seed else {})},
        }
        for seed in (0, 1, 2)
    }
    assert list(merge_seeds(template, {seed: RunInfo(info) for seed, info in infos.items()})["metrics"]) == ["loss"]
    infos[0]["metrics"]["ravel"] = {"mean": 0.4}
    assert merge_seeds(template, {seed: RunInfo(info) for seed, info in infos.items()})["metrics"]["ravel"]["n"] == 3


def test_the_grid_holds_each_run_and_metric_the_baseline_first() -> None:
    """Value, difference, word, mark and tone of each cell; the baseline is not judged."""
    grid = grid_of(study())
    assert [row.name for row in grid.rows] == ["run_0", "run_1", "run_2", "run_3", "run_4"]
    assert [column.name for column in grid.columns] == list(STUDY) and grid.columns[0].primary
    told = [(cell.shown, cell.delta, cell.word, cell.mark, cell.tone) for cell in (row.cells[0] for row in grid.rows)]
    assert told == [
        ("0.8912", "", "", "", "none"),
        ("0.8750", "-0.0162", "worse", "-", "bad"),
        ("0.8905", "-0.0007", "within noise", "=", "flat"),
        ("0.8971", "+0.0059", "better", "+", "good"),
        ("0.9300", "+0.0388", "not comparable", "*", "none"),
    ]
    assert [row.comparable for row in grid.rows] == [True, True, True, True, False]
    assert grid.rows[0].cells[0].spread == "± 0.0004 (n = 3)" and grid.rows[1].cells[0].spread == ""
    assert (grid.columns[1].label, grid.columns[1].better, grid.columns[0].noise_shown) == (
        "mse",
        "lower is better",
        "±0.0020",
    )


def test_a_grid_of_some_runs_and_metrics_keeps_their_order() -> None:
    """What does not exist is left out; the primary metric comes first where that is asked for."""
    grid = grid_of(study(), ["mse", "nonsense", "explained_variance"], ["run_3", "run_0", "run_9"])
    assert [row.name for row in grid.rows] == ["run_3", "run_0"]
    assert [column.name for column in grid.columns] == ["mse", "explained_variance"]
    first = primary_first(grid)
    assert [column.name for column in first.columns] == ["explained_variance", "mse"]
    assert [cell.name for cell in first.rows[0].cells] == ["explained_variance", "mse"]
    row = grid.row("run_3")
    assert row is not None and row.cell("mse") is row.cells[0] and row.cell("l0") is None and grid.row("run_1") is None


def test_an_enormous_value_is_short_in_a_narrow_cell() -> None:
    """A cell of the page has room for a few digits, a text for all."""
    cell = grid_of(results({"loss": 1.0}, {"loss": 1e12})).rows[1].cells[0]
    assert (cell.short, cell.delta, cell.shown) == ("1e+12", "+1e+12", "1000000000000.0000")


def test_a_brief_marks_what_cannot_be_compared_and_says_so() -> None:
    """A star, never a plus, and its sense in the legend; where all runs can be compared the legend has no star."""
    table = results_table(study())
    row = next(line for line in table.splitlines() if line.startswith("| **explained_variance**"))
    assert row == (
        "| **explained_variance** | higher | 0.8912 | ±0.0020 | ±0.0041 | 0.8750- | 0.8905= | 0.8971+ | 0.9300* |"
    )
    assert "* not comparable with it" in table and "(not comparable: config.k: 16 → 32)" in table
    assert "*" not in results_table(results({"loss": 1.0}, {"loss": 0.5})).replace("**", "")


def test_unknown_noise_and_unknown_direction_are_marked_by_a_question() -> None:
    """Neither is called within noise."""
    one = {name: {"mean": value} for name, value in (("loss", 1.0), ("own", 2.0))}
    events = [RunAccepted(run=f"run_{n}", title="", results={"metrics": one}) for n in (0, 1)]
    found = collect_readable(METRICS, "loss", events).results
    assert found is not None
    table = results_table(found)
    assert (
        "| **loss** | lower | 1.0000 | ? | 1.0000? |" in table and "| own | unknown | 2.0000 | ? | 2.0000? |" in table
    )
    assert "1.0000?" in plain_table(grid_of(found))


def test_aligned_text_has_one_run_a_row_and_the_noise_below() -> None:
    """Columns stand under their heads; what is within noise carries no mark."""
    lines = plain_table(grid_of(study(), ["explained_variance", "l0"], ["run_0", "run_2", "run_4"])).splitlines()
    assert lines == [
        "run        explained variance  l0",
        "---------------------------------",
        "run_0      0.8912              16.0",
        "run_2      0.8905              16.0",
        "run_4      0.9300*             32.0*",
        "noise      0.0020              ?",
        "all looks  0.0041              ?",
        "(+ better, - worse than the baseline beyond noise)",
        "(all looks: 4 at the primary metric (4 runs), 20 at the others (4 runs, 5 metrics); Bonferroni)",
    ]


def test_a_notes_table_says_in_words_what_the_run_is() -> None:
    """Each metric against the baseline, the verdict as a sentence would have it."""
    found = study()
    table = run_table(found, found.runs[3]).splitlines()
    assert table[2] == (
        "| explained_variance (higher is better) | 0.8971 | 0.8912 ± 0.0004 | +0.0059 | 0.0020 | 0.0041 | "
        "better than the baseline, beyond noise |"
    )
    assert table[1] == "|---|---|---|---|---|---|---|"
