"""Questions that a small language model is asked by likelihood."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from harness.evaluation.measures import questions
from harness.evaluation.measures.questions import Exam
from tests.harness.evaluation.exams import SMALL

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


def test_a_small_model_knows_more_than_chance(exam: Exam) -> None:
    """Asked by likelihood the shipped model is right far more often than one time in four; only what it knows is kept."""
    mean = sum(exam.accuracy.values()) / len(exam.accuracy)
    assert mean > 0.6
    assert questions.choose(exam.before, exam.sheet).all()
    assert 0 < exam.known(SMALL.forget) <= 24
    assert exam.sheet.given.max() < len(exam.sheet.ids)


def test_wrong_choices_are_glosses_of_other_classes(hooked: Any, exam: Exam) -> None:
    """No gloss is given twice in a question, and the rows after the word and after none hold the same glosses."""
    sheet = exam.sheet
    for given, alone in zip(sheet.given.tolist(), sheet.alone.tolist(), strict=True):
        texts = [hooked.tokenizer.decode(sheet.ids[row][sheet.gloss[row]]) for row in given]
        assert len(set(texts)) == questions.CHOICES
        assert texts == [hooked.tokenizer.decode(sheet.ids[row][sheet.gloss[row]]) for row in alone]


def test_the_likelihood_is_the_models_own(hooked: Any, exam: Exam) -> None:
    """log p(gloss) from the stored residual stream is that of the whole forward pass, to half precision."""
    row = int(exam.sheet.given[0, 0])
    ids, gloss = exam.sheet.ids[row], exam.sheet.gloss[row]
    with torch.no_grad():
        logits = hooked(ids[None], prepend_bos=False, return_type="logits")[0]
    each = logits.log_softmax(-1)[:-1].gather(-1, ids[1:, None])[:, 0]
    assert float(each[gloss[1:]].sum()) == pytest.approx(float(exam.before[row]), abs=0.05)
