"""RAVEL as an eval: what it lacks, its scores at full scale, its file."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from harness.evaluation.command.plan import Plan
from harness.evaluation.command.runner import score
from harness.evaluation.data_sets import RAVEL
from harness.evaluation.evals.ravel import Ravel
from harness.evaluation.measures.ravel import PARTS
from harness.evaluation.scoring.subjects import FullSubject, Once
from harness.evaluation.scoring.writer import SUFFIX, Writer
from harness.read.lm import LM, LOCAL_MODEL
from tests.harness.evaluation.attributes import SETTINGS, exact, stand_in

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


@pytest.mark.parametrize("lm_dtype", ["float32", "bfloat16"])
def test_it_is_scored_as_the_other_evals_at_full_scale_are(
    lm: LM, ravel_data: Path, tmp_path: Path, lm_dtype: str
) -> None:
    """Through their door, in the language model's own precision: its metric, its details, SAEBench's file as its schema says."""
    stand_in(tmp_path / "hub" / RAVEL, lm)
    submission = replace(exact(), scale="full", lm_dtype=lm_dtype)
    plan = Plan((Ravel(),), "full", LOCAL_MODEL, data_dir=tmp_path / "hub")
    subject = FullSubject(
        submission=submission,
        activations=torch.zeros(0, 128),
        model=Once(lambda: pytest.fail("the run's own model is not needed as sae-bench has it")),
        data_dir=plan.data_dir,
        writer=Writer(submission, tmp_path / "out", "run_1"),
        repeats=1,
        settings={"ravel": SETTINGS | {"learning_rate": 0.0}},
    )
    found = score(subject, plan.evals)
    assert (found.metrics["ravel"].mean, found.metrics["ravel"].n) == (0.5, 1)
    assert found.details["ravel"]["isolation"] == 1
    assert set(found.details["ravel"]["by_attribute"]) == {"word_Letter", "word_Gloss"}
    value = json.loads((tmp_path / "out" / "ravel" / f"run_1{SUFFIX}").read_text())
    Ravel.result.check(value)
    assert value["eval_result_metrics"]["ravel"] == {
        "disentanglement_score": 0.5,
        "cause_score": 0,
        "isolation_score": 1,
    }
    assert value["eval_result_unstructured"] == found.details["ravel"]["by_attribute"]


def test_what_is_missing_is_said_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data set by name, then its files one by one; nothing where all are there."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    plan = Plan((Ravel(),), "full", data_dir=tmp_path)
    assert RAVEL in Ravel().missing(plan)[0]
    folder = tmp_path / RAVEL
    folder.mkdir(parents=True)
    (folder / f"ravel_nobel_prize_winner_{PARTS[0]}.json").write_text("{}")
    assert any("ravel_city_entity_attributes.json" in each for each in Ravel().missing(plan))
    for kind in ("city", "nobel_prize_winner"):
        for part in PARTS:
            (folder / f"ravel_{kind}_{part}.json").write_text("{}")
    assert Ravel().missing(plan) == []
