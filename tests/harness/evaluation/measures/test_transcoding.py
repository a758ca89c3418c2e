"""What is left of the language model where a prediction stands in place of an MLP's output."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from harness.evaluation.measures.prepared.artifacts import special_tokens
from harness.evaluation.measures.transcoding import other_scores, replaced, scores
from harness.evaluation.upstream.lens import load_hooked, with_mlp_input
from harness.read.lm import LOCAL_MODEL, load_lm
from harness.read.text import token_rows
from harness.residual import mlp_pairs
from harness.site import MLP, hooks

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s

LAYER = 2


@pytest.fixture(scope="module")
def model() -> Any:
    return with_mlp_input(load_hooked(LOCAL_MODEL), LAYER)


@pytest.fixture(scope="module")
def tokens(model: Any) -> torch.Tensor:
    return torch.from_numpy(token_rows(model.tokenizer, "heldout", 8 * 31, 32).ids[:8])


def mlp(model: Any) -> Any:
    """The MLP itself, which loses nothing."""
    block = model.blocks[LAYER]
    return lambda x: block.ln2_post(type(block.mlp).forward(block.mlp, x))


def test_the_hook_points_are_what_is_trained_on(model: Any, tokens: torch.Tensor) -> None:
    """SAELens' mlp.hook_in and hook_mlp_out give the pairs that nnsight reads of the transformers model."""
    at = hooks(MLP, LAYER)
    with torch.no_grad():
        _, cache = model.run_with_cache(tokens, names_filter=list(at))
    pairs = mlp_pairs(load_lm(LOCAL_MODEL), LAYER, tokens.numpy())
    assert torch.allclose(torch.cat([cache[at.read], cache[at.wanted]], -1), pairs, atol=1e-4)
    assert with_mlp_input(model, LAYER) is model, "a second time changes nothing"


def test_one_without_loss_scores_one_and_falls_with_noise(model: Any, tokens: torch.Tensor) -> None:
    """The MLP in its own place scores 1 on cross-entropy and KL; the more noise, the lower both; zeros are where it says 0."""
    special, at, mean = special_tokens(model.tokenizer), hooks(MLP, LAYER), torch.zeros(128)
    found = []
    for noise in (0.0, 0.5, 2.0):
        torch.manual_seed(0)
        sae = lambda x, by=noise: (y := mlp(model)(x)) + by * y.std() * torch.randn_like(y)  # noqa: E731
        found.append(replaced(sae, model, at, tokens, special, mean))
    said = [scores(each)[0] for each in found]
    for name in ("ce_loss_score", "kl_div_score"):
        assert said[0][name] == pytest.approx(1.0, abs=1e-4)
        assert 1 > said[1][name] > said[2][name]
    assert found[0]["ce_loss_with_sae"] == pytest.approx(found[0]["ce_loss_without_sae"], abs=1e-4)
    assert found[0]["ce_loss_mean"] == pytest.approx(found[0]["ce_loss_bos_kept"]), "this mean is zero"
    zero = replaced(lambda x: torch.zeros_like(x), model, at, tokens, special, mean)
    assert zero["ce_loss_with_sae"] == pytest.approx(zero["ce_loss_bos_kept"])
    assert other_scores(zero)["ce_loss_score_bos_kept"] == pytest.approx(0.0, abs=1e-6)


def test_the_first_token_keeps_its_own_output(model: Any, tokens: torch.Tensor) -> None:
    """What a transcoder would say of <bos> changes nothing: it is not among what it was trained on."""
    special, at, mean = special_tokens(model.tokenizer), hooks(MLP, LAYER), torch.zeros(128)
    inside = mlp(model)

    def wrong_at_first(x: torch.Tensor) -> torch.Tensor:
        y = inside(x).clone()
        y[:, 0] = 100.0
        return y

    assert replaced(wrong_at_first, model, at, tokens, special, mean) == replaced(
        inside, model, at, tokens, special, mean
    )


def test_an_mlp_that_does_nothing_has_no_score() -> None:
    """Where zeros cost nothing there is no part to recover: the metrics are absent, with the reason, and not zero."""
    found = {"ce_loss_with_ablation": 3.0, "ce_loss_without_sae": 3.0, "kl_div_with_ablation": 0.0}
    known, why = scores(found)
    assert (
        known == {}
        and why.keys() == {"ce_loss_score", "kl_div_score"}
        and "cost the language model nothing" in why["ce_loss_score"]
    )
