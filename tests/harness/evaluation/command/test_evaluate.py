"""What is checked of an SAE before hours of work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.evaluation.command.evaluate import check_fit
from harness.evaluation.command.plan import Plan
from harness.evaluation.evals import choose
from harness.evaluation.submitted.submission import SubmissionError
from harness.evaluation.upstream.ablation import output
from harness.read.lm import LOCAL_MODEL, model_folder
from tests.harness.evaluation.full_scale import full_subject

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


@pytest.mark.parametrize("name", ["scr", "tpp"])
def test_an_sae_with_too_few_latents_is_refused_before_anything_runs(name: str, tmp_path: Path) -> None:
    """sae-bench turns off up to 500 latents, and would stop hours later at an SAE that has fewer."""
    [each] = choose(name)
    assert max(output.ScrAndTppEvalConfig().n_values) == each.turns_off
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), name)
    with pytest.raises(SubmissionError, match=f"{name} turn off 500 latents, and the SAE has 100: name other --evals"):
        check_fit(given.submission, Plan((each,), "full"))
    check_fit(replace(given.submission, d_sae=each.turns_off), Plan((each,), "full"))
