"""Proof of run, comparability and preflight: guards that must trip."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.errors import TemplateError
from agent.experiment.prove import Earlier, Measured, check_proofs, early_proofs, means_of, prove
from agent.results.verdicts.comparable import differences
from agent.session.paths import REPOSITORY
from agent.session.run_info import RunInfo
from agent.session.template import load_template
from agent.session.template.contract import Proof

INFO: dict[str, Any] = {
    "config": {"k": 16, "training_tokens": 819200, "name": "topk", "flag": True},
    "training": {"steps": 400, "tokens": 819200, "loss_first": 1.0, "loss_last": 0.1},
    "metrics": {"mse": {"mean": 0.5, "spread": None, "n": 1}, "l0": {"mean": 16.0, "spread": None, "n": 1}},
    "drawn": {"name": "topk", "other": "gated", "tokens": "819200"},
}


def reasons(
    proof: Proof, info: dict[str, Any] = INFO, folder: Path = Path(), earlier: Earlier | None = None
) -> list[str]:
    return prove([proof], RunInfo(info), folder, earlier or Earlier(), "my code")


@pytest.mark.parametrize(
    "check",
    [
        "training.steps > 0",
        "training.loss_last < training.loss_first",
        "training.tokens == config.training_tokens",
        "training.steps>=400",
        "training.loss_last <= 1e-1",
        "metrics.mse != 0",
        "metrics.l0 == config.k",
        "config.training_tokens == 819_200",
        "training.steps > -1.5",
        "config.name == drawn.name",
        "config.name != drawn.other",
    ],
)
def test_a_check_that_holds_is_silent(check: str) -> None:
    """Paths and numbers on either side of every operator, a metric for its mean; two texts are equal or not."""
    assert reasons(Proof(reason="no", check=check)) == []


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ("training.steps > 400", "training.steps is 400"),
        ("training.loss_last > training.loss_first", "training.loss_last is 0.1, training.loss_first is 1"),
        ("training.tokens == 1", "training.tokens is 819200"),
        ("training.epochs > 0", "training.epochs is missing"),
        ("training.steps.more > 0", "training.steps.more is missing"),
        ("config.name > 0", "config.name is no number"),
        ("config.flag > 0", "config.flag is no number"),
        ("training.steps > config.absent", "config.absent is missing"),
        ("config.name == drawn.other", "config.name is 'topk', drawn.other is 'gated'"),
        ("config.name != drawn.name", "config.name is 'topk', drawn.name is 'topk'"),
        ("config.name == drawn.absent", "config.name is 'topk', drawn.absent is missing"),
        ("config.name != drawn.absent", "config.name is 'topk', drawn.absent is missing"),
        ("config.name != config.k", "config.name is 'topk', config.k is 16"),
        ("config.name < drawn.other", "config.name is no number"),
        ("training.tokens == drawn.tokens", "training.tokens is 819200, drawn.tokens is '819200'"),
    ],
)
def test_a_check_that_fails_gives_its_reason(check: str, why: str) -> None:
    """The template's reason comes back with the values that broke the check; a missing value never passes."""
    assert reasons(Proof(reason="the run trained no step", check=check)) == [
        f"the run trained no step ({check}: {why})"
    ]


def test_zero_steps_are_no_run() -> None:
    """The fraud that half of all published runs of such loops were: results without a step of training."""
    info = INFO | {"training": {"steps": 0, "loss_first": 0.0, "loss_last": 0.0}}
    assert reasons(Proof(reason="the run trained no step", check="training.steps > 0"), info) != []


@pytest.mark.parametrize(
    "check", ["training.steps", "training.steps > ", "> 0", "a + b > 0", "__import__('os') == 1", "steps >> 1"]
)
def test_a_check_that_cannot_be_read_is_the_templates_fault(check: str) -> None:
    """A wrong check is told before anything runs, and nothing in it is ever evaluated as code."""
    with pytest.raises(TemplateError, match="PATH OP"):
        check_proofs([Proof(reason="x", check=check)])


def test_a_file_must_be_there_regular_and_not_empty(tmp_path: Path) -> None:
    """Absent, empty, a folder, a link to another run's file, and a file outside are all no proof."""
    out = tmp_path / "run_1"
    (out / "folder").mkdir(parents=True)
    (tmp_path / "outside.bin").write_bytes(b"weights")
    (out / "good.bin").write_bytes(b"weights")
    (out / "empty.bin").touch()
    (out / "link.bin").symlink_to(tmp_path / "outside.bin")
    (out / "linked").symlink_to(tmp_path)
    found = {
        name: reasons(Proof(reason="no weights", file=name), folder=out)
        for name in (
            "good.bin",
            "empty.bin",
            "absent.bin",
            "folder",
            "link.bin",
            "linked/outside.bin",
            "../outside.bin",
        )
    }
    assert found.pop("good.bin") == []
    assert all(found.values()), found
    assert found["empty.bin"] == ["no weights (empty.bin is empty)"]
    assert found["absent.bin"] == ["no weights (absent.bin is missing)"]


def test_a_copied_result_is_found() -> None:
    """Metrics all equal to a baseline seed's or an earlier run's under other code are a copy, or a method that is not there."""
    proof = Proof(reason="it is an earlier run's result", differs_from=["baseline", "previous"])
    same, other = {"mse": 0.5, "l0": 16.0}, {"mse": 0.4, "l0": 16.0}
    seed = Earlier(baseline=[Measured("the baseline with seed 0", same, "its code")])
    run = Earlier(
        baseline=[Measured("the baseline", other, "its code")],
        previous=[Measured("run_1", same, "its code"), Measured("run_2", other, "other code")],
    )
    assert "equals that of the baseline with seed 0" in reasons(proof, earlier=seed)[0]
    assert "equals that of run_1" in reasons(proof, earlier=run)[0]


def test_an_honest_result_differs() -> None:
    """One metric that differs is enough; the same code may give the same result; the first run has none before it."""
    proof = Proof(reason="copy", differs_from=["baseline", "previous"])
    other = Earlier(previous=[Measured("run_1", {"mse": 0.5000001, "l0": 16.0}, "its code")])
    mine = Earlier(previous=[Measured("run_1", means_of(RunInfo(INFO)), "my code")])
    assert reasons(proof, earlier=other) == []
    assert reasons(proof, earlier=mine) == []
    assert reasons(proof) == []


def test_differs_from_asks_only_whom_it_names() -> None:
    """A proof against the baseline alone does not look at earlier runs."""
    proof = Proof(reason="copy", differs_from=["baseline"])
    assert reasons(proof, earlier=Earlier(previous=[Measured("run_1", means_of(RunInfo(INFO)), "its code")])) == []


def test_early_proofs_are_those_that_need_no_score() -> None:
    """Zero steps are told before the evaluator is troubled; checks of metrics wait for it."""
    proofs = [
        Proof(reason="a", check="training.steps > 0"),
        Proof(reason="b", file="x"),
        Proof(reason="c", differs_from=["baseline"]),
        Proof(reason="d", check="metrics.mse > 0"),
        Proof(reason="e", check="training.x < metrics.mse"),
        Proof(reason="f", check="details.x > 1"),
    ]
    assert [proof.reason for proof in early_proofs(proofs)] == ["a", "b"]


def test_differences_name_what_changed() -> None:
    """A changed budget or size is named with both values; a missing key is a difference too."""
    base = {"config": {"k": 16, "tokens": 819200, "seed": 0, "model": "tiny", "flag": 1}}
    mine = {"config": {"k": 32, "tokens": 819200.0, "model": "tiny", "flag": True}}
    keys = [f"config.{name}" for name in ("k", "tokens", "seed", "model", "flag")]
    assert differences(keys, mine, base) == ["config.k: 16 → 32", "config.seed: 0 → missing", "config.flag: 1 → True"]
    assert differences(keys, base, base) == []
    assert differences(["config.new"], mine, base) == ["config.new: missing → missing"]


@pytest.mark.parametrize("root", [REPOSITORY, REPOSITORY / "templates/synthetic"], ids=["sae", "synthetic"])
def test_a_run_in_which_nothing_is_ever_on_is_not_proven(root: Path) -> None:
    """The shipped templates of autoencoders ask for a mean number above 0; anything above it will do."""
    proofs = [proof for proof in load_template(root).proofs if proof.check.startswith("metrics.l0 >")]
    assert len(proofs) == 1
    for mean, proven in ((0.0, False), (1e-4, True), (16.0, True)):
        info = RunInfo({"metrics": {"l0": {"mean": mean, "spread": None, "n": 1}}})
        assert (prove(proofs, info, root, Earlier(), "code") == []) is proven


HANDED = {
    "scale": "tiny",
    "model": "tiny",
    "layer": 2,
    "site": "resid_post",
    "context": 128,
    "dataset": "wordnet",
    "lm_dtype": "float32",
}


@pytest.mark.parametrize(
    ("name", "forged"),
    [
        ("scale", "full"),
        ("model", "attempts/004/code/run_1/model"),
        ("layer", 1),
        ("site", "mlp"),
        ("context", 64),
        ("dataset", "/tmp/text"),
        ("lm_dtype", "bfloat16"),
        ("lm_dtype", 32),
    ],
)
def test_what_the_evaluator_reads_by_is_what_was_handed_out(name: str, forged: object) -> None:
    """A model, a text, a precision that a run records to be scored by another than it was trained on: refused before it is scored."""
    proofs = early_proofs(load_template(REPOSITORY).proofs)
    same = {"pool_tokens": 100_000, "seed": 0}
    config = {"training_tokens": 819_200, **same, **HANDED}
    training = {"steps": 400, "loss_first": 1.0, "loss_last": 0.1}
    info = {"config": config, "training": training, "drawn": {"tokens": 819_200, **same, **HANDED}}

    def missing(found: dict[str, Any]) -> list[str]:
        return [why for why in prove(proofs, RunInfo(found), Path(), Earlier(), "code") if ".weights" not in why]

    honest = missing(info)
    assert all("is missing" in why and "sae/" in why for why in honest), "but for the files, which no folder holds here"
    (why,) = [why for why in missing({**info, "config": {**config, name: forged}}) if why not in honest]
    assert why.endswith(")") and f"config.{name} " in why and "the evaluator reads what they record" in why
