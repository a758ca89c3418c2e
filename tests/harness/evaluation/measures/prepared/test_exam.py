"""The questions that a language model knows, kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from harness.evaluation.measures import questions
from harness.evaluation.measures.prepared import exam as prepared
from harness.evaluation.measures.questions import Exam
from harness.read.lm import LOCAL_MODEL
from tests.harness.evaluation.exams import SMALL

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


def test_the_exam_is_asked_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, exam: Exam) -> None:
    """The second load reads the cache, and reads back what was kept."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path))
    asked: list[int] = []

    def build(_hooked: Any, layer: int) -> Exam:
        asked.append(layer)
        return exam

    monkeypatch.setattr(questions, "build", build)
    first, again = (prepared.load_exam(LOCAL_MODEL, 2) for _ in range(2))
    assert asked == [2]
    assert torch.equal(first.sheet.residual, again.sheet.residual)
    assert again.known(SMALL.side) == exam.known(SMALL.side)
