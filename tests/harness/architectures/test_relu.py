"""The ReLU SAE against its equations."""

from __future__ import annotations

import torch

from harness.architectures.autoencoder import warmed_up
from harness.architectures.relu import L1, ReLUSAE
from tests.harness.architectures.small import batch, mean_square, no_dead, rows_of, small, spread


def test_codes_and_output_are_those_of_the_equations() -> None:
    """z = ReLU((x − b_dec) W_encᵀ + b_enc) and x̂ = z W_dec + b_dec, entry by entry."""
    sae, x = small(ReLUSAE), batch()
    out = sae(x)
    z = rows_of(x, sae).clamp_min(0)
    assert 0 < (out.codes > 0).double().mean() < 1
    assert torch.allclose(out.codes, z)
    assert torch.allclose(out.x_hat, z @ sae.W_dec + sae.b_dec)


def test_the_loss_is_the_papers_divided_by_the_variance() -> None:
    """mean ‖x − x̂‖² + λ mean Σ z_i ‖f_i‖, over mean ‖x − x̄‖²; decoder rows of length 2 count twice."""
    sae, x = small(ReLUSAE, L1(l1_weight=0.7, l1_warmup=0.0)), batch()
    with torch.no_grad():
        sae.W_dec[:10] *= 2
    out = sae(x)
    terms = sae.loss_terms(out, no_dead(), 0.5)
    z = rows_of(x, sae).clamp_min(0)
    lengths = torch.ones(40, dtype=torch.float64)
    lengths[:10] = 2
    paper = mean_square(x, z @ sae.W_dec + sae.b_dec) + 0.7 * (z * lengths).sum(1).mean()
    assert torch.allclose(sum(terms.values()), paper / spread(x))


def test_the_weight_of_l1_rises_from_nothing() -> None:
    """λ is 0 at the start, half after half of the warm-up, and whole from its end on."""
    assert [warmed_up(4.0, p, 0.2) for p in (0.0, 0.1, 0.2, 0.9)] == [0.0, 2.0, 4.0, 4.0]
    assert warmed_up(4.0, 0.0, 0.0) == 4.0
    sae, x = small(ReLUSAE), batch()
    assert sae.loss_terms(sae(x), no_dead(), 0.0)["l1"] == 0


def test_every_kind_starts_as_topk_does() -> None:
    """With one seed the first weights are TopKSAE's, so that runs of different kinds start from the same point."""
    from experiment import Settings, TopKSAE
    from harness.architectures import SAES

    settings, mean = Settings(d_sae=20, k=3), torch.randn(6)
    torch.manual_seed(5)
    topk = TopKSAE(6, settings, mean)
    for kind in SAES.values():
        torch.manual_seed(5)
        sae = kind(6, settings, mean)
        for name in ("W_enc", "W_dec", "b_enc", "b_dec"):
            assert torch.equal(getattr(sae, name), getattr(topk, name)), name
