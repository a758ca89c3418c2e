"""sae-bench's own unlearning, on stand-ins: a model that knows the answers as long as a latent for " virus" is let alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from harness.evaluation.measures import unlearning, unlearning_full
from harness.read.lm import LOCAL_MODEL
from tests.harness.evaluation.exams import SETTINGS
from tests.harness.evaluation.layout import questions_in_folder

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


def test_upstreams_eval_runs_on_its_own_layout(
    virus: tuple[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Questions about viruses are lost, all others kept: sae-bench's score is the part of biology lost; files stay in place."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    here = Path.cwd()
    found = unlearning_full.full(virus[1], virus[0], questions_in_folder(tmp_path / "data"), LOCAL_MODEL, SETTINGS)
    assert found.sweep[0]["all_side_effects_mcq"] == 1
    assert found.score == 1.0
    assert Path.cwd() == here and torch.is_grad_enabled()
    assert virus[0].cfg.model_name == LOCAL_MODEL


def test_a_model_that_knows_no_answer_is_refused(
    virus: tuple[Any, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no question is right in all orders of its choices, the eval says so instead of dividing by nothing."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    data = questions_in_folder(tmp_path / "data", broken=True)
    with pytest.raises(unlearning.UnlearningError, match="answers no question of .* rightly in all orders"):
        unlearning_full.full(virus[1], virus[0], data, LOCAL_MODEL, SETTINGS)
