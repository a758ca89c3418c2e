"""Unlearning on local questions, and what it needs at full scale."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from harness.evaluation.measures import unlearning
from harness.evaluation.measures.questions import Exam
from tests.harness.evaluation.examples import latent_for
from tests.harness.evaluation.exams import SMALL, SWEEP, apart

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


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
