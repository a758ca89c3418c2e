"""Explained variance and its companions by their formulas, at any scale."""

import pytest
import torch

from harness.evaluation.reconstruction import encode, reconstruct
from harness.evaluation.separation import separation
from harness.evaluation.submission import Submission
from harness.sae import unit_norm_
from harness.saved import SAEWeights

D_IN, D_SAE, K = 16, 60, 4


def some_sae(seed: int = 0) -> Submission:
    torch.manual_seed(seed)
    directions = torch.randn(D_SAE, D_IN)
    unit_norm_(directions)
    weights = SAEWeights(directions.T.clone(), torch.zeros(D_SAE), directions, torch.full((D_IN,), 0.5))
    return Submission(weights, K, "m", 2, 128)


def activations(tokens: int = 500) -> torch.Tensor:
    return torch.randn(tokens, D_IN, generator=torch.Generator().manual_seed(5)) + 0.5


def dense_reconstruction(sae: Submission, x: torch.Tensor) -> torch.Tensor:
    pre = (x - sae.weights.b_dec) @ sae.weights.W_enc + sae.weights.b_enc
    kept = pre >= pre.sort(dim=1, descending=True).values[:, K - 1 : K]
    return (pre.relu() * kept) @ sae.weights.W_dec + sae.weights.b_dec


@pytest.mark.parametrize("scale", [0.25, 1.0, 4.0, 40.0])
def test_explained_variance_is_the_formula_at_every_scale(scale):
    """1 − Σ‖x − x̂‖²/Σ‖x − x̄‖² is the same whatever the activations' scale (sae-bench's is not: test_upstream)."""
    sae, x = some_sae(), activations()
    scaled = Submission(sae.weights.unscaled(1 / scale), K, "m", 2, 128)
    x_hat = dense_reconstruction(sae, x)
    expected = 1 - ((x - x_hat) ** 2).sum() / ((x - x.mean(0)) ** 2).sum()
    found = reconstruct(scaled, x * scale, batch=77)
    assert found.explained_variance == pytest.approx(expected.item(), abs=1e-5)
    assert found.mse == pytest.approx(((x - x_hat) ** 2).mean().item() * scale**2, rel=1e-4)
    assert found.cosine == pytest.approx(torch.cosine_similarity(x, x_hat, dim=1).mean().item(), abs=1e-5)


def test_l0_and_dead_latents_are_counted_on_held_out_tokens():
    """L0 counts latents above zero, not places of the top k; a latent that no token turns on is dead."""
    sae = some_sae()
    sae.weights.b_enc[:6] = -1e4
    x = activations()
    found = reconstruct(sae, x)
    on = encode(sae, x).values > 0
    assert found.l0 == pytest.approx(on.sum(1).float().mean().item())
    assert found.dead_latents >= 6 / D_SAE
    assert (found.counts.diagonal()[:6] == 0).all()


@pytest.mark.slow
def test_separation_equals_loops_over_pairs():
    """Highest decoder cosine, cosine of co-active pairs and overlap equal what plain loops give."""
    sae, x = some_sae(), activations(200)
    counts = reconstruct(sae, x).counts
    found = separation(sae.weights.W_dec, counts)
    gram = sae.weights.W_dec @ sae.weights.W_dec.T
    highest = [max(gram[i, j].item() for j in range(D_SAE) if j != i) for i in range(D_SAE)]
    assert found.decoder_cosine == pytest.approx(sum(highest) / D_SAE, abs=1e-5)
    cosines = []
    for indices, values in zip(*encode(sae, x), strict=True):
        on = [i for i, v in zip(indices.tolist(), values.tolist(), strict=True) if v > 0]
        cosines += [abs(gram[i, j].item()) for i in on for j in on if i != j]
    assert found.coactive_cosine == pytest.approx(sum(cosines) / len(cosines), abs=1e-5)
    assert 0 < found.coactivation_overlap < 1
