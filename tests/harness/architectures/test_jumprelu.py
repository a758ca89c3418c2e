"""The JumpReLU SAE against its equations, and its estimates of the gradients that do not exist."""

from __future__ import annotations

import math

import pytest
import torch

from harness.architectures.jumprelu import Jump, JumpReLUSAE
from harness.optim import UnitNormAdam
from tests.harness.architectures.small import BATCH, D_IN, D_SAE, K, batch, mean_square, no_dead, rows_of, small, spread

WIDE = Jump(l0_weight=0.3, l0_warmup=0.0, bandwidth=0.4, first_threshold=0.3)


def test_codes_are_pre_activations_above_the_threshold() -> None:
    """z_i = pre_i where pre_i > θ_i, else 0, with θ = exp(log_threshold)."""
    sae, x = small(JumpReLUSAE, WIDE), batch()
    pre = rows_of(x, sae)
    threshold = torch.tensor([math.exp(value) for value in sae.log_threshold.tolist()], dtype=torch.float64)
    z = torch.where(pre > threshold, pre, torch.zeros_like(pre))
    between = (pre > 0) & (pre <= threshold)
    assert between.any() and (z > 0).any()
    out = sae(x)
    assert torch.allclose(out.codes, z)
    assert torch.allclose(out.x_hat, z @ sae.W_dec + sae.b_dec)


@pytest.mark.parametrize("towards_k", [True, False])
def test_the_loss_is_the_papers(towards_k: bool) -> None:
    """mean ‖x − x̂‖² over mean ‖x − x̄‖², and λ times (L0/k − 1)², or L0, of each input."""
    sae, x = small(JumpReLUSAE, Jump(0.3, 0.0, towards_k, 0.4, 0.3)), batch()
    out = sae(x)
    counts = [(row > 0).sum().item() for row in out.codes]
    assert len(set(counts)) > 1
    penalty = sum((n / K - 1) ** 2 if towards_k else n for n in counts) / BATCH
    terms = sae.loss_terms(out, no_dead(), 1.0)
    assert abs(terms["l0_penalty"].item() - 0.3 * penalty) < 1e-12
    assert torch.allclose(terms["reconstruction"], mean_square(x, out.x_hat) / spread(x))


def test_thresholds_get_the_papers_estimate_entry_by_entry() -> None:
    """∂L/∂θ_i sums −(θ_i/ε) K · ∂L/∂z_i and −(1/ε) K · ∂L/∂‖z‖₀ over inputs with pre_i within ε/2 of θ_i."""
    sae, x = small(JumpReLUSAE, WIDE), batch()
    out = sae(x)
    (into_z,) = torch.autograd.grad(sae.loss_terms(out, no_dead(), 1.0)["reconstruction"], out.codes)
    sum(sae.loss_terms(sae(x), no_dead(), 1.0).values()).backward()
    pre, theta = rows_of(x, sae), sae.log_threshold.detach().exp()
    width = 0.4 * math.sqrt(D_IN)
    wanted = torch.zeros(D_SAE, dtype=torch.float64)
    seen = 0
    for row in range(BATCH):
        l0 = sum(pre[row, i] > theta[i] for i in range(D_SAE))
        into_l0 = 0.3 / BATCH * 2 * (l0 / K - 1) / K
        for i in range(D_SAE):
            if abs(pre[row, i] - theta[i]) < width / 2:
                seen += 1
                wanted[i] -= theta[i] / width * into_z[row, i] + into_l0 / width
    assert seen > 50
    assert torch.allclose(sae.log_threshold.grad, wanted * theta)  # by the chain rule, θ = exp(log_threshold)


def test_the_estimate_of_an_expectation_is_that_expectations_derivative() -> None:
    """Over many inputs −(1/ε) K averages to the derivative of P(pre > θ), which is what STEs are for."""
    from harness.architectures.jumprelu import _Step

    pre = torch.randn(400_000, 1, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    theta = torch.tensor([0.7], dtype=torch.float64, requires_grad=True)
    _Step.apply(pre, theta, 0.2).mean().backward()
    density = math.exp(-0.5 * 0.7**2) / math.sqrt(2 * math.pi)
    assert abs(theta.grad.item() + density) < 0.01 * density + 0.003


def test_the_l0_term_sees_latents_just_below_their_threshold() -> None:
    """A latent that is off, but nearly on, moves θ too; taken from z, as a peer does, the kernel would miss it."""
    sae = small(JumpReLUSAE, WIDE)
    with torch.no_grad():
        sae.W_enc.zero_()
        sae.log_threshold.fill_(math.log(2.0))
        sae.b_enc.fill_(2.0 - 0.1)  # every latent is off, by 0.1
    out = sae(batch())
    assert (out.codes == 0).all()
    sae.loss_terms(out, no_dead(), 1.0)["l0_penalty"].backward()
    assert (sae.log_threshold.grad > 0).all()  # L0 is below k: descending lowers θ, and the latents come on


def test_a_threshold_never_gets_below_nothing() -> None:
    """θ stays positive whatever steps Adam makes, so that no latent is ever on with a negative value."""
    sae, x = small(JumpReLUSAE, WIDE), batch()
    adam = UnitNormAdam(sae.parameters(), unit_rows=[sae.W_dec])
    for _ in range(20):
        out = sae(x)
        (sum(sae.loss_terms(out, no_dead(), 1.0).values()) + sae.log_threshold.sum()).backward()
        adam.step(1.0)
    assert sae.log_threshold.max() < -5
    assert (sae.log_threshold.exp() > 0).all() and (sae(x).codes >= 0).all()


def test_the_encoder_has_the_true_gradient() -> None:
    """Pre-activations of latents that are on get the gradient of their codes; the L0 term gives them none."""
    sae, x = small(JumpReLUSAE, WIDE), batch()
    out = sae(x)
    terms = sae.loss_terms(out, no_dead(), 1.0)
    assert torch.autograd.grad(terms["l0_penalty"], sae.W_enc, allow_unused=True, retain_graph=True)[0] is None
    (into_b,) = torch.autograd.grad(terms["reconstruction"], sae.b_enc, retain_graph=True)
    (into_z,) = torch.autograd.grad(terms["reconstruction"], out.codes)
    assert torch.allclose(into_b, (into_z * (out.codes > 0)).sum(0))
