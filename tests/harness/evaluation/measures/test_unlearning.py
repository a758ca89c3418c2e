"""Unlearning on local questions, and what it needs at full scale."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from harness.evaluation.measures import questions, unlearning
from harness.evaluation.measures.prepared import exam as prepared
from harness.evaluation.measures.questions import Exam
from harness.read.lm import LOCAL_MODEL
from tests.harness.evaluation.examples import latent_for
from tests.harness.evaluation.exams import SMALL, SWEEP, apart

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


def test_a_latent_of_the_field_unlearns_it_and_one_of_nothing_does_not(hooked: Any, exam: Exam, few: None) -> None:
    """Clamping a direction of plants and animals costs the field more than the rest; latents that are never on cost nothing."""
    direction, threshold = apart(exam)
    found = unlearning.tiny(latent_for(direction, threshold), hooked, exam, SWEEP)
    strongest = found.sweep[-1]
    assert strongest["wmdp-bio"] < strongest["all_side_effects_mcq"]
    assert strongest["wmdp-bio"] < 0.9
    assert found.scores() == {"unlearning": unlearning.best(found.sweep)}
    idle = unlearning.tiny(latent_for(direction, 1e6), hooked, exam, SWEEP)
    assert idle.score == 0.0
    assert all(row["wmdp-bio"] == row["all_side_effects_mcq"] == 1 for row in idle.sweep)


def test_the_score_is_upstreams_and_keeps_to_99_percent() -> None:
    """A setting with side effects does not count, however much it unlearns."""
    rows = [{"wmdp-bio": 0.1, "all_side_effects_mcq": 0.98}, {"wmdp-bio": 0.7, "all_side_effects_mcq": 0.995}]
    assert unlearning.best(rows) == pytest.approx(0.3)
    assert unlearning.best(rows[:1]) == 0.0


def test_rows_without_a_clamped_latent_need_not_be_asked_again(hooked: Any, exam: Exam, few: None) -> None:
    """Asking the touched rows alone gives the answers of asking all."""
    direction, threshold = apart(exam)
    sae = latent_for(direction, threshold)
    on = sae.encode(exam.sheet.residual.float()) > 0
    on[:, 0] = False
    touched = on.any(1)[:, 0]
    assert 0 < touched.sum() < len(touched)
    some = unlearning._answers(hooked, 2, exam, touched, sae, [0], 20)
    every = unlearning._answers(hooked, 2, exam, torch.ones_like(touched), sae, [0], 20)
    assert torch.equal(some, every)


def test_a_model_that_knows_too_little_is_refused_with_the_figures(
    hooked: Any, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names what is known, the accuracy and what guessing gives."""
    monkeypatch.setattr(unlearning, "SIZES", SMALL)
    with pytest.raises(unlearning.UnlearningError, match=r"knows \d+ of 24 .*guessing among 4 gives 0.25"):
        unlearning.tiny(latent_for(*apart(exam)), hooked, exam, SWEEP)


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
