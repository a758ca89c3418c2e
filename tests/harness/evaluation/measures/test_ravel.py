"""RAVEL: what the shipped model does not know, and sae-bench's own eval on stand-ins of its data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.evaluation.command.plan import Plan
from harness.evaluation.evals.ravel import Ravel
from harness.evaluation.measures import ravel
from harness.evaluation.measures.ravel import Disentangled
from harness.evaluation.scoring.described import as_upstream_sae
from harness.evaluation.upstream import ravel as upstream
from harness.read.lm import LM, LOCAL_MODEL, model_folder
from tests.harness.evaluation.attributes import SETTINGS, exact

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


def run(lm: LM, data: Path, **settings: Any) -> Disentangled:
    return ravel.full(as_upstream_sae(exact()), lm, model_folder(LOCAL_MODEL), data, SETTINGS | settings)


def test_an_empty_mask_isolates_everything_and_causes_nothing(lm: LM, ravel_data: Path) -> None:
    """Untrained, no latent is exchanged: every answer stays. Everything is put back afterwards."""
    hooks = [len(block._forward_hooks) for block in lm.model.model.layers]
    here = Path.cwd()
    found = run(lm, ravel_data, learning_rate=0.0)
    assert (found.cause, found.isolation) == (0.0, 1.0)
    assert found.scores() == {"ravel": 0.5}
    assert hooks == [len(block._forward_hooks) for block in lm.model.model.layers]
    assert Path.cwd() == here


def test_a_trained_mask_changes_answers(lm: LM, ravel_data: Path) -> None:
    """At the first block the word's own latents decide its letter: exchanged by a trained mask, answers become the other word's."""
    found = run(lm, ravel_data, learning_rate=0.1, num_epochs=4)
    assert found.cause > 0.1
    assert set(found.by_attribute) == {"word_Letter", "word_Gloss"}


def test_the_prompts_are_asked_once(lm: LM, ravel_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second SAE finds the prompts that the model answers in the cache."""
    first = run(lm, ravel_data, learning_rate=0.0)
    monkeypatch.setattr(upstream, "RAVELInstance", None)
    assert run(lm, ravel_data, learning_rate=0.0) == first


def test_too_few_right_answers_are_an_error_not_a_nan(lm: LM, ravel_data: Path) -> None:
    """Fewer pairs than a batch: sae-bench would average nothing."""
    with pytest.raises(ravel.RavelError, match="too few|too little"):
        run(lm, ravel_data, learning_rate=0.0, llm_batch_size=64)


@pytest.mark.parametrize("kind", ["GPTNeoXForCausalLM", "LlamaForCausalLM", "Gemma3ForCausalLM", None])
def test_a_model_that_sae_bench_cannot_read_is_refused_before_a_prompt_is_asked(
    lm: LM, ravel_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str | None
) -> None:
    """By its config.json, in one line: in the check beforehand, and again where the eval is run."""
    (tmp_path / "model").mkdir()
    config = json.loads((model_folder(LOCAL_MODEL) / "config.json").read_text())
    config = config | {"architectures": [kind] if kind else None}
    (tmp_path / "model" / "config.json").write_text(json.dumps(config))
    (said,) = Ravel().missing(Plan((Ravel(),), "full", str(tmp_path / "model"), data_dir=tmp_path))
    assert (f"is a {kind}: choose a Gemma-2 model" if kind else "does not say what kind") in said
    monkeypatch.setattr(upstream, "RAVELInstance", None)  # nothing is asked
    with pytest.raises(ravel.RavelError, match="RAVEL cannot be scored: .*(Gemma-2|config.json)"):
        ravel.full(as_upstream_sae(exact()), lm, tmp_path / "model", ravel_data, SETTINGS)


def test_a_mask_is_trained_by_as_many_pairs_a_step_as_the_published_runs_have(lm: LM, ravel_data: Path) -> None:
    """A quarter of what the language model reads at once, as each of sae-bench's entry points has it: 8 for gemma-2-2b."""
    own = {name: value for name, value in SETTINGS.items() if name != "llm_batch_size"}
    found = ravel.full(
        as_upstream_sae(exact()),
        lm,
        model_folder(LOCAL_MODEL),
        ravel_data,
        own | {"learning_rate": 0.0, "num_pairs_per_attribute": 40},
    )
    assert found.config["llm_batch_size"] == ravel.BATCH == upstream.LLM_NAME_TO_BATCH_SIZE["gemma-2-2b"] // 4
