"""Unlearning as an eval: what it lacks, its two scales, its file."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from harness.evaluation.command.plan import Plan
from harness.evaluation.command.runner import score
from harness.evaluation.evals.unlearning import Unlearning
from harness.evaluation.measures import unlearning
from harness.evaluation.measures.prepared import exam as prepared
from harness.evaluation.measures.questions import Exam
from harness.evaluation.scoring.subjects import FullSubject, Once, TinySubject
from harness.evaluation.scoring.writer import SUFFIX, Writer
from harness.evaluation.submitted.submission import Submission
from harness.evaluation.upstream import lens
from harness.read.lm import LOCAL_MODEL, model_folder
from tests.harness.evaluation.examples import random_submission
from tests.harness.evaluation.exams import SETTINGS, SWEEP
from tests.harness.evaluation.layout import questions_in_folder

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


def test_it_is_scored_as_the_default_evals_are(
    hooked: Any, exam: Exam, few: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On request, through the same door as they: its metric, its details, SAEBench's file."""
    monkeypatch.setattr(prepared, "load_exam", lambda *_: exam)
    monkeypatch.setattr(unlearning, "tiny", functools.partial(unlearning.tiny, sweep=SWEEP))
    submission = random_submission(128, 60, 6, model=LOCAL_MODEL)
    subject = TinySubject(
        submission=submission,
        activations=torch.zeros(0, 128),
        repeats=2,
        writer=Writer(submission, tmp_path, "run_3"),
        artifacts=Once(lambda: pytest.fail("no artifact is needed")),
        model=Once(lambda: hooked),
    )
    found = score(subject, [Unlearning()])
    value = json.loads((tmp_path / "unlearning" / f"run_3{SUFFIX}").read_text())
    Unlearning.result.check(value)
    assert found.metrics["unlearning"].mean == pytest.approx(
        value["eval_result_metrics"]["unlearning"]["unlearning_score"]
    )
    assert found.details["unlearning"]


def test_what_is_missing_is_said_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the forget corpus, a data set or the instruction-tuned model, each is named with what to do."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    plan = Plan((Unlearning(),), "full", model="google/gemma-2-2b", data_dir=tmp_path)
    said = " | ".join(Unlearning().missing(plan))
    for what in ("gemma-2-2b-it", "cais/wmdp", "cais/mmlu", "wikitext", "bio-forget-corpus.jsonl", "on request"):
        assert what in said
    questions_in_folder(tmp_path)
    assert len(Unlearning().missing(plan)) == 1
    assert Unlearning().missing(Plan(())) == []
    assert "local questions" in Unlearning().missing(Plan((), model="other"))[0]


def test_the_result_is_upstreams_file(exam: Exam) -> None:
    """sae-bench's own output class takes the score."""
    writer: Any = SimpleNamespace(
        config=lambda: {"model_name": LOCAL_MODEL, "llm_dtype": "float32"},
        common=lambda: {
            "eval_id": "1",
            "datetime_epoch_millis": 1,
            "sae_bench_commit_hash": "",
            "sae_lens_id": "",
            "sae_lens_release_id": "",
            "sae_lens_version": "",
            "sae_cfg_dict": {},
        },
    )
    output = Unlearning().output(writer, unlearning.Unlearned(0.25, [{"wmdp-bio": 0.75}]))
    assert json.loads(output.to_json())["eval_result_metrics"]["unlearning"]["unlearning_score"] == 0.25


@pytest.mark.parametrize(("multiplier", "lost"), [(200, 1.0), (1, 0.0)])
def test_it_is_scored_as_the_other_evals_at_full_scale_are(
    virus: tuple[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, multiplier: int, lost: float
) -> None:
    """Through their door, asked of the instruction-tuned sibling: its metric, its details, SAEBench's file as its schema says."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    for name in ("small", "small-it"):
        (tmp_path / name).symlink_to(model_folder(LOCAL_MODEL))
    loaded: list[str] = []

    def load(name: str, *_: str) -> Any:
        loaded.append(name)
        return virus[0]

    monkeypatch.setattr(lens, "load_hooked", load)
    model = str(tmp_path / "small")
    submission = Submission(virus[1], 128, 2, model, layer=2, context=128, scale="full")
    plan = Plan((Unlearning(),), "full", model, data_dir=questions_in_folder(tmp_path / "data"))
    subject = FullSubject(
        submission=submission,
        activations=torch.zeros(0, 128),
        model=Once(lambda: pytest.fail("the run's own model is not needed")),
        data_dir=plan.data_dir,
        writer=Writer(submission, tmp_path / "out", "run_1"),
        repeats=1,
        settings={"unlearning": SETTINGS | {"multipliers": [multiplier]}},
    )
    found = score(subject, plan.evals)
    assert loaded == [f"{model}-it"]
    assert found.metrics["unlearning"].mean == lost
    assert found.details["unlearning"]["sweep"][0]["all_side_effects_mcq"] == 1
    value = json.loads((tmp_path / "out" / "unlearning" / f"run_1{SUFFIX}").read_text())
    Unlearning.result.check(value)
    assert value["eval_result_metrics"]["unlearning"]["unlearning_score"] == lost
    assert value["eval_result_unstructured"]["sweep"] == found.details["unlearning"]["sweep"]
