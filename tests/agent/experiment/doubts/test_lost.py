"""A run that lacks what its baseline measured does not count, unless there is a reason that the evaluator gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.experiment.doubts.lost import lost_metrics
from agent.session.paths import REPOSITORY
from agent.session.run_info import RunInfo
from agent.session.steps import RunName, Step
from agent.session.template import load_template
from agent.session.template.contract import Template
from tests.agent.experiment.conftest import Maker, replaced

TOY = load_template(REPOSITORY / "templates/toy")
RUN = Step(RunName.of(1))


def template(**of_distance: bool) -> Template:
    """The toy, whose second metric may be absent."""
    kind = TOY.metrics["distance"].model_copy(update={"optional": True, **of_distance})
    return TOY.model_copy(update={"metrics": {**TOY.metrics, "distance": kind}})


def info(*names: str, **details: Any) -> RunInfo:
    return RunInfo({"metrics": {name: {"mean": 1.0, "spread": None, "n": 1} for name in names}, "details": details})


WHOLE = info("excess_loss", "distance")
SEEDS = [WHOLE, WHOLE]


def test_what_the_baseline_has_a_run_must_have() -> None:
    """An optional metric that every seed of the baseline has and the run lacks: named, with the way out; all there is nothing to say."""
    said = lost_metrics(template(), RUN, info("excess_loss"), SEEDS)
    assert said.startswith("the evaluator gave no distance, which the baseline has") and "details.undefined" in said
    assert lost_metrics(template(), RUN, WHOLE, SEEDS) == ""


def test_an_eval_that_failed_is_named_and_is_no_reason() -> None:
    """A run that makes an eval fail is not judged by the others alone; which one, and why, goes back to the coder."""
    said = lost_metrics(template(), RUN, info("excess_loss", failed={"probing": "no latent\nis on"}), SEEDS)
    assert "no distance (probing failed: no latent is on), which the baseline has" in said


def test_a_measure_that_does_not_exist_is_a_reason() -> None:
    """The evaluator says of this metric why there is none: the run counts. Of another metric that says nothing."""
    assert lost_metrics(template(), RUN, info("excess_loss", undefined={"distance": "no two are on"}), SEEDS) == ""
    assert lost_metrics(template(), RUN, info("excess_loss", undefined={"other": "no two are on"}), SEEDS)


def test_an_eval_that_may_fail_loses_only_itself() -> None:
    """Where the template says so a failure is accepted; mere silence is not."""
    kind = template(may_fail=True)
    assert lost_metrics(kind, RUN, info("excess_loss", failed={"probing": "out of memory"}), SEEDS) == ""
    assert lost_metrics(kind, RUN, info("excess_loss"), SEEDS)


def test_what_a_seed_of_the_baseline_lacks_is_asked_of_nobody() -> None:
    """No run is judged by it; and where there is no baseline yet nothing is asked."""
    assert lost_metrics(template(), RUN, info("excess_loss"), [WHOLE, info("excess_loss")]) == ""
    assert lost_metrics(template(), RUN, info("excess_loss"), []) == ""


@pytest.mark.parametrize(
    ("launch", "asked"),
    [
        (RUN.on_seed(2), True),
        (Step.seed(1), False),
        (Step("run_0/control_start"), False),
        (Step.confirmation(RunName.of(1), 101), False),
    ],
)
def test_it_is_asked_of_runs_alone(launch: Step, asked: bool) -> None:
    """Of each seed of a run; a control, a seed of the baseline and a launch on a fresh seed are judged by what they have."""
    assert bool(lost_metrics(template(), launch, info("excess_loss"), SEEDS)) is asked


def test_the_hubs_scales_lose_an_eval_alone() -> None:
    """At them evals take hours and may run out of memory; at the shipped one a run has what its baseline has."""
    for scale, may in (("tiny", False), ("laptop", True), ("small", True), ("full", True)):
        metrics = load_template(REPOSITORY, scale).metrics
        for name in ("probing_top_1", "absorption_fraction", "sae_probes_top_5"):
            assert metrics[name].may_fail is may, (scale, name)
        assert not metrics["explained_variance"].may_fail and not metrics["explained_variance"].optional


WRITE = 'args.out.write_text(json.dumps({"format": 1, "metrics": metrics, "details": {}}), encoding="utf-8")'
LOSES = """info = json.loads((args.run_dir / "final_info.json").read_text())
    found = {"format": 1, "metrics": metrics, "details": {}}
    if info["config"]["learning_rate"] != 0.01:
        del metrics["distance"]
        found |= SAID
    args.out.write_text(json.dumps(found), encoding="utf-8")"""


@pytest.mark.process
@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ({"failed": {"far": "no distance"}}, "bad_results"),
        ({"details": {"undefined": {"distance": "there is none"}}}, "ok"),
    ],
)
def test_a_launch_that_lost_a_metric_goes_back_to_the_coder(make: Maker, said: dict[str, Any], outcome: str) -> None:
    """Launched and scored for real: refused with what the evaluator said of the failure; accepted where the measure does not exist."""

    def alter(root: Path) -> None:
        judge, contract = root / "judge/__main__.py", root / "template.toml"
        judge.write_text(replaced(judge.read_text(), (WRITE, LOSES.replace("SAID", repr(said)))))
        declared = "[metrics.distance]\n"
        contract.write_text(replaced(contract.read_text(), (declared, declared + "optional = true\n")))

    bench = make(alter=alter)
    bench.lab.measure_baseline()
    ended = bench.attempt(replaced(bench.code, ("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.004")))
    assert ended.outcome == outcome, ended
    assert ("no distance (far failed: no distance), which the baseline has" in ended.cause) is (outcome != "ok")
    if outcome != "ok":
        typed = '"metrics": {}, "details": {"undefined": {"distance": "so I say"}}}'
        forged = replaced(bench.code, ("LEARNING_RATE = 0.01", "LEARNING_RATE = 0.003"), ('"metrics": {}}', typed))
        ended = bench.attempt(forged)
        assert ended.outcome == outcome, "that there is none is the evaluator's to say, not the experiment's"
