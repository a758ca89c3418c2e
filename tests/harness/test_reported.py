"""The published baselines: as they were published, and nothing that a reader of results takes for one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import experiment
from harness.evaluation.submitted.submission import SubmissionError, load_submission
from harness.show.runs import load_runs, metric_names

FILE = Path(__file__).parents[2] / "harness" / "reported" / "gemma-2-2b.json"


def test_the_values_are_the_published_ones() -> None:
    """TopK and the standard SAE at full scale, number for number, marked as reported and with their source."""
    held = json.loads(FILE.read_text())
    assert held["reported"] is True
    assert "not measured" in held["source"]
    assert held["baselines"]["topk"]["metrics"] == {
        "absorption_fraction": 0.1429,
        "probing_top_1": 0.7508,
        "kl_div_score": 0.9596,
        "ce_loss_score": 0.9589,
        "explained_variance": 0.6094,
        "l0": 40,
        "unlearning": 0.0262,
    }
    assert held["baselines"]["standard"]["metrics"] == {
        "absorption_fraction": 0.0161,
        "probing_top_1": 0.6449,
        "kl_div_score": 0.9996,
        "ce_loss_score": 1.0,
        "explained_variance": 0.9844,
        "l0": 8895.8,
        "unlearning": 0.0,
    }


def test_what_is_not_sparse_is_marked() -> None:
    """A baseline with more than a tenth of its latents on says that it is none, and the tokens of training are named."""
    held = json.loads(FILE.read_text())
    for name, baseline in held["baselines"].items():
        sparse = baseline["metrics"]["l0"] < held["settings"]["d_sae"] / 10
        assert baseline.get("sparse", True) is sparse, name
        assert ("note" in baseline) is not sparse
    assert "standard is not sparse" in held["source"]
    assert "5 million" in held["source"] and "500 million" in held["note"]


def test_they_are_of_the_full_scale() -> None:
    """The settings that they were published for are those of `--scale full`."""
    full, held = experiment.SCALES["full"], json.loads(FILE.read_text())
    for name in ("model", "layer", "context", "d_sae", "steps", "batch_size", "lr"):
        assert held["settings"][name] == getattr(full, name)
    assert held["settings"]["training_tokens"] == full.pool_tokens
    assert held["baselines"]["topk"]["settings"]["k"] == full.k


def test_no_reader_of_results_takes_them(tmp_path: Path) -> None:
    """In the place of a run's final_info.json the evaluator refuses the file, and figures find no metric in it."""
    (tmp_path / "run_0").mkdir()
    shutil.copy(FILE, tmp_path / "run_0" / "final_info.json")
    with pytest.raises(SubmissionError, match="no `config` table"):
        load_submission(tmp_path / "run_0")
    (run,) = load_runs(tmp_path)
    assert metric_names([run]) == []
    assert run.metric("explained_variance") is None
    assert run.curve("loss") == []
