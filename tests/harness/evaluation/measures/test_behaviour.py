"""How much of the language model's behaviour survives the reconstruction."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from harness.evaluation.measures.behaviour import core_scores, floors, over_floors
from harness.evaluation.measures.prepared.artifacts import Artifacts, special_tokens
from harness.evaluation.scoring.described import as_upstream_sae
from harness.evaluation.upstream.lens import load_hooked
from harness.read.lm import LOCAL_MODEL
from tests.harness.evaluation.examples import an_sae

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


class Identity:
    """An SAE that loses nothing, in the shape that sae-bench asks for."""

    def __init__(self, noise: float = 0.0) -> None:
        self.cfg = as_upstream_sae(an_sae()).cfg
        self.device, self.dtype, self.noise = torch.device("cpu"), torch.float32, noise

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return x

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        return codes + self.noise * codes.std() * torch.randn(codes.shape, generator=torch.Generator().manual_seed(0))


def test_core_is_one_without_loss_and_falls_with_noise(hooked: Any, artifacts: Artifacts) -> None:
    """A perfect reconstruction scores 1 on cross-entropy and KL; the more noise, the lower both."""
    special = special_tokens(hooked.tokenizer)
    perfect, slight, heavy = (core_scores(Identity(n), hooked, artifacts.tokens, special) for n in (0.0, 0.3, 1.0))
    for name in ("ce_loss_score", "kl_div_score"):
        assert perfect[name] == pytest.approx(1.0, abs=1e-5)
        assert 1 > slight[name] > heavy[name]
    with pytest.raises(ValueError, match="no multiple"):
        core_scores(Identity(), hooked, artifacts.tokens[:3], special)


def test_a_language_model_in_half_precision_is_judged_in_full(artifacts: Artifacts) -> None:
    """Cross-entropy and KL of a bfloat16 model come from float32 logits: not in steps of 1/64, and near float32's."""
    half, whole = (load_hooked(LOCAL_MODEL, "cpu", dtype) for dtype in ("bfloat16", "float32"))
    special = special_tokens(whole.tokenizer)
    sae = as_upstream_sae(an_sae())
    found, exact = (core_scores(sae, model, artifacts.tokens, special) for model in (half, whole))
    assert (64 * found["ce_loss_with_sae"]) % 1 != 0
    for name in ("ce_loss_score", "kl_div_score"):
        assert found[name] == pytest.approx(exact[name], abs=0.01)
    assert not half.unembed._forward_hooks


def test_other_ablations_keep_bos_or_put_the_mean(hooked: Any, artifacts: Artifacts) -> None:
    """Where every position counts, zeros are sae-bench's zero ablation; with `<bos>` kept they are another floor."""
    special, hook = special_tokens(hooked.tokenizer), "blocks.2.hook_resid_post"
    theirs = core_scores(Identity(), hooked, artifacts.tokens, set())
    bare = floors(hooked, hook, artifacts.tokens, artifacts.stream, set())
    assert bare["ce_loss_bos_kept"] == pytest.approx(theirs["ce_loss_with_ablation"], abs=1e-4)
    assert bare["kl_div_bos_kept"] == pytest.approx(theirs["kl_div_with_ablation"], abs=1e-4)
    found = artifacts.floors
    assert found == floors(hooked, hook, artifacts.tokens, artifacts.stream, special)
    scored = core_scores(Identity(0.3), hooked, artifacts.tokens, special)
    assert abs(found["ce_loss_bos_kept"] - scored["ce_loss_with_ablation"]) > 0.1
    assert found["ce_loss_mean"] != pytest.approx(found["ce_loss_bos_kept"], abs=0.1)
    over = over_floors(scored, found)
    assert all(0 < value < 1 for value in over.values())
    floor = {"ce_loss_with_sae": found["ce_loss_mean"], "kl_div_with_sae": found["kl_div_mean"]}
    assert (
        over_floors(scored | floor, found)["ce_loss_score_mean"]
        == over_floors(scored | floor, found)["kl_div_score_mean"]
        == 0
    )
