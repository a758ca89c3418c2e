"""The Gated SAE against its equations."""

from __future__ import annotations

from typing import Any

import torch

from harness.architectures.gated import Gate, GatedSAE
from tests.harness.architectures.small import batch, mean_square, no_dead, rows_of, small, spread


def parts(x: torch.Tensor, sae: Any) -> tuple[Any, ...]:
    """The gate's and the magnitudes' pre-activations [batch, d_sae], with W_mag written out."""
    gate = rows_of(x, sae)
    W_mag = torch.stack([torch.exp(r) * row for r, row in zip(sae.r_mag, sae.W_enc, strict=True)])
    return gate, (x - sae.b_dec) @ W_mag.T + sae.b_mag


def test_codes_are_magnitudes_where_the_gate_is_open() -> None:
    """z = 1[π > 0] · ReLU(m) with W_mag[i] = exp(r_mag[i]) W_enc[i]; all four cases of signs occur."""
    sae, x = small(GatedSAE), batch()
    gate, magnitude = parts(x, sae)
    cases = {(bool(a), bool(b)) for a, b in zip((gate > 0).flatten(), (magnitude > 0).flatten(), strict=True)}
    assert len(cases) == 4
    z = torch.where(gate > 0, magnitude.clamp_min(0), torch.zeros_like(magnitude))
    out = sae(x)
    assert torch.allclose(out.codes, z)
    assert torch.allclose(out.x_hat, z @ sae.W_dec + sae.b_dec)


def test_the_loss_is_the_papers_divided_by_the_variance() -> None:
    """mean ‖x − x̂‖² + λ mean Σ ReLU(π_i) + mean ‖x − x̂_gate‖², over mean ‖x − x̄‖²."""
    sae, x = small(GatedSAE, Gate(l1_weight=0.7, l1_warmup=0.0)), batch()
    gate, magnitude = parts(x, sae)
    z = (gate > 0) * magnitude.clamp_min(0)
    opened = gate.clamp_min(0)
    paper = (
        mean_square(x, z @ sae.W_dec + sae.b_dec)
        + 0.7 * opened.sum(1).mean()
        + mean_square(x, opened @ sae.W_dec + sae.b_dec)
    )
    terms = sae.loss_terms(sae(x), no_dead(), 1.0)
    assert torch.allclose(sum(terms.values()), paper / spread(x))


def test_the_third_term_trains_the_gate_and_not_the_decoder() -> None:
    """The reconstruction through the gate reaches encoder and gate bias, and leaves W_dec alone (SAELens' does not)."""
    sae, x = small(GatedSAE), batch()
    sae.loss_terms(sae(x), no_dead(), 1.0)["via_gate"].backward()
    assert sae.W_dec.grad is None
    assert sae.W_enc.grad.abs().max() > 0
    assert sae.b_enc.grad.abs().max() > 0
    assert sae.r_mag.grad is None and sae.b_mag.grad is None


def test_the_first_term_trains_magnitudes_and_not_the_gates_bias() -> None:
    """Through the step there is no gradient: reconstruction alone leaves b_gate where it is."""
    sae, x = small(GatedSAE), batch()
    sae.loss_terms(sae(x), no_dead(), 1.0)["reconstruction"].backward()
    assert sae.b_enc.grad.abs().max() < 1e-12
    assert sae.r_mag.grad.abs().max() > 0 and sae.b_mag.grad.abs().max() > 0
