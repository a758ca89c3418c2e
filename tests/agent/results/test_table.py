"""Verdicts where a metric may be missing: nothing is judged that was not measured on both sides."""

from __future__ import annotations

from collections.abc import Mapping

from agent.evidence.evidence import Evidence
from agent.experiment.baseline import merge_seeds
from agent.results.results import Results, collect
from agent.results.table import results_table
from agent.results.table import run_table as note_table
from agent.session.events import RunAccepted
from agent.session.template import Metric, Template

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
    assert "unlearning" not in results_table(found) + Evidence(found).names()
    assert "ravel" not in note_table(found, found.runs[1]), "a note has no row for what its run lacks"


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
    assert list(merge_seeds(template, infos)["metrics"]) == ["loss"]
    infos[0]["metrics"]["ravel"] = {"mean": 0.4}
    assert merge_seeds(template, infos)["metrics"]["ravel"]["n"] == 3
