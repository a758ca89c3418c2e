"""One training step of each SAE, number for number, against SAELens' own training classes from equal weights.

Conventions that differ are converted here, in the open:
- SAELens sums a paper's terms as they are; ours are divided by the batch's variance, mean ‖x − x̄‖². Its loss is divided
  by that number before its gradient is taken.
- SAELens keeps W_enc as [d_in, d_sae]; ours has a latent a row.
- SAELens lets decoder rows drift; our optimiser keeps them at length 1. The step after the gradient (projection,
  clipping, Adam, length 1) is written out below in plain arithmetic and applied to SAELens' gradients.
"""

from __future__ import annotations

import math
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import beartype  # noqa: F401  (before nnsight, which other tests import)
import pytest
import torch
from torch import Tensor, nn

from experiment import Settings, TopKSAE
from harness.architectures.batch_topk import BatchTopKSAE, Threshold
from harness.architectures.gated import Gate, GatedSAE
from harness.architectures.jumprelu import Jump, JumpReLUSAE
from harness.architectures.matryoshka import MatryoshkaSAE, Nested
from harness.architectures.relu import L1, ReLUSAE
from harness.optim import UnitNormAdam
from tests.harness.architectures.small import D_IN, D_SAE, K, batch, no_dead, small, spread

pytestmark = pytest.mark.slow

LR = 1e-3
OURS_TO_THEIRS = {"W_enc": "W_enc", "W_dec": "W_dec", "b_enc": "b_enc", "b_dec": "b_dec"}


def saelens(name: str, ours: nn.Module, **settings: Any) -> nn.Module:
    """SAELens' training SAE of that name with our weights."""
    from sae_lens.saes import batchtopk_sae, gated_sae, jumprelu_sae, matryoshka_batchtopk_sae, standard_sae, topk_sae

    modules = [batchtopk_sae, gated_sae, jumprelu_sae, matryoshka_batchtopk_sae, standard_sae, topk_sae]
    found = {key: value for module in modules for key, value in vars(module).items()}
    dtype = str(ours.W_enc.dtype).removeprefix("torch.")
    config = found[f"{name}TrainingSAEConfig"](d_in=D_IN, d_sae=D_SAE, dtype=dtype, decoder_init_norm=None, **settings)
    theirs = found[f"{name}TrainingSAE"](config)
    with torch.no_grad():
        theirs.W_enc.copy_(ours.W_enc.T)
        for name_ours, name_theirs in names(ours).items():
            if name_ours != "W_enc":
                value = ours.get_parameter(name_ours)
                setattr(
                    theirs, name_theirs, nn.Parameter(value.exp() if name_ours == "log_threshold" else value.clone())
                )
    return theirs


def names(ours: nn.Module) -> dict[str, str]:
    """SAELens' name of each of our parameters."""
    more = {"r_mag": "r_mag", "b_mag": "b_mag", "b_enc": "b_gate"} if hasattr(ours, "r_mag") else {}
    more |= {"log_threshold": "threshold"} if hasattr(ours, "log_threshold") else {}
    return OURS_TO_THEIRS | more


def their_step(theirs: nn.Module, x: Tensor, coefficients: dict[str, float], dead: Tensor) -> SimpleNamespace:
    """Forward pass, and loss and gradients divided by the variance of the batch."""
    from sae_lens.saes.sae import TrainStepInput

    given = TrainStepInput(x, coefficients, dead, 0, False)
    out = theirs.training_forward_pass(given)
    loss = out.loss / spread(x)
    loss.backward(retain_graph=True)
    return SimpleNamespace(out=out, loss=loss)


def gradients_in_our_layout(ours: nn.Module, theirs: nn.Module) -> dict[str, Tensor]:
    found = {}
    for name_ours, name_theirs in names(ours).items():
        gradient = getattr(theirs, name_theirs).grad
        gradient = torch.zeros_like(getattr(theirs, name_theirs)) if gradient is None else gradient
        found[name_ours] = gradient.T if name_ours == "W_enc" else gradient
    return found


def plain_step(parameters: dict[str, Tensor], gradients: dict[str, Tensor]) -> dict[str, Tensor]:
    """The first step of Adam with the decoder kept on the sphere, by its definition."""
    W_dec = parameters["W_dec"]
    radial = (gradients["W_dec"] * W_dec).sum(1, keepdim=True)
    gradients = {**gradients, "W_dec": gradients["W_dec"] - radial * W_dec}
    norm = math.sqrt(sum(float(gradient.pow(2).sum()) for gradient in gradients.values()))
    clip = min(1.0, 1.0 / (norm + 1e-6))
    stepped = {}
    for name, value in parameters.items():
        gradient = gradients[name] * clip
        # after one step Adam's bias-corrected moments are g and g²
        stepped[name] = value - LR * gradient / (gradient.pow(2).sqrt() + 1e-8)
    stepped["W_dec"] = stepped["W_dec"] / stepped["W_dec"].pow(2).sum(1, keepdim=True).sqrt()
    return stepped


def compare(ours: nn.Module, x: Tensor, dead: Tensor, p: float, reference: SimpleNamespace) -> None:
    """Loss, gradients and every parameter after one step of ours equal the reference's (see the module)."""
    before = {name: value.detach().clone() for name, value in ours.named_parameters()}
    loss = sum(ours.loss_terms(ours(x), dead, p).values())
    exact = x.dtype == torch.float64
    assert abs(loss.item() - reference.loss.item()) < (1e-10 if exact else 1e-5) * abs(loss.item())
    loss.backward()
    for name, gradient in reference.gradients.items():
        mine = ours.get_parameter(name).grad
        assert gradient.abs().max() > 0, f"the reference has no gradient for {name}: nothing is compared"
        assert torch.allclose(
            mine, gradient, rtol=1e-3, atol=float(gradient.abs().max()) * (1e-9 if exact else 1e-5)
        ), name
    UnitNormAdam(ours.parameters(), unit_rows=[ours.W_dec], max_grad_norm=1.0).step(LR)
    for name, value in plain_step(before, reference.gradients).items():
        moved = ours.get_parameter(name).detach()
        assert (before[name] - moved).abs().max() > LR / 2, name
        assert torch.allclose(moved, value, rtol=0, atol=LR * (1e-5 if exact else 2e-2)), name


def some_dead() -> Tensor:
    """More dead latents than AuxK asks for: only then SAELens leaves the weight of AuxK as it is."""
    return torch.arange(D_SAE) < 3 * (D_IN // 2)


def with_aux_weight(theirs: nn.Module, ours: nn.Module, x: Tensor) -> None:
    """Our AuxK is ‖e − ê‖² / ‖e‖² of the batch, SAELens' mean ‖e − ê‖²: give SAELens the weight that makes up for it."""
    with torch.no_grad():
        error = (x - ours(x).x_hat).pow(2).sum(1).mean()
    theirs.cfg.aux_loss_coefficient = float(ours.settings.aux_weight * spread(x) / error)


def without_b_dec_in_aux(theirs: nn.Module, step: SimpleNamespace, x: Tensor) -> None:
    """In our AuxK b_dec is constant (Gao et al. leave it out of the error's model); in SAELens' encoder it is not."""
    aux = step.out.losses["auxiliary_reconstruction_loss"] / spread(x)
    theirs.b_dec.grad -= torch.autograd.grad(aux, theirs.b_dec, retain_graph=True)[0]


def test_relu() -> None:
    """StandardTrainingSAE: loss, gradients and step agree, half-way through the warm-up of λ."""
    ours, x = small(ReLUSAE, L1(l1_weight=0.8, l1_warmup=0.5)), batch()
    theirs = saelens("Standard", ours)
    step = their_step(theirs, x, {"l1": 0.4}, no_dead())
    assert torch.allclose(ours(x).codes, step.out.feature_acts)
    compare(ours, x, no_dead(), 0.25, with_gradients(step, ours, theirs))


def with_gradients(step: SimpleNamespace, ours: nn.Module, theirs: nn.Module) -> SimpleNamespace:
    step.gradients = gradients_in_our_layout(ours, theirs)
    return step


def strong_dead(ours: nn.Module) -> None:
    """Dead latents with positive pre-activations: SAELens' AuxK has no ReLU, ours (and the paper's) has."""
    with torch.no_grad():
        ours.b_enc[some_dead()] += 20.0
        ours.b_enc[~some_dead()] += 40.0  # and the living ones stronger still, so that TopK takes these


def topk() -> TopKSAE:
    """TopKSAE of experiment.py, in float32: its fast encoder knows no other precision."""
    torch.manual_seed(0)
    settings = replace(Settings(), d_sae=D_SAE, k=K, k_aux=D_IN // 2)
    ours = TopKSAE(D_IN, settings, torch.randn(D_IN))
    with torch.no_grad():
        ours.W_enc.add_(0.3 * torch.randn_like(ours.W_enc))
    return ours


@pytest.mark.parametrize("kind", ["topk", "batch_topk"])
def test_topk_and_batch_topk(kind: str) -> None:
    """TopKTrainingSAE and BatchTopKTrainingSAE with AuxK: loss, gradients and step agree."""
    x, dead = batch().float(), some_dead()
    ours = topk() if kind == "topk" else small(BatchTopKSAE).float()
    strong_dead(ours)
    theirs = saelens("TopK" if kind == "topk" else "BatchTopK", ours, k=K, rescale_acts_by_decoder_norm=False)
    with_aux_weight(theirs, ours, x)
    step = their_step(theirs, x, {}, dead)
    assert step.out.losses["auxiliary_reconstruction_loss"] > 0
    without_b_dec_in_aux(theirs, step, x)
    compare(ours, x, dead, 0.5, with_gradients(step, ours, theirs))


def test_matryoshka() -> None:
    """MatryoshkaBatchTopKTrainingSAE with the same widths and AuxK: loss, gradients and step agree."""
    x, dead = batch().float(), some_dead()
    ours = small(MatryoshkaSAE, Nested(prefixes=(0.1, 0.5))).float()
    strong_dead(ours)
    widths = [*ours.widths, D_SAE]
    theirs = saelens("MatryoshkaBatchTopK", ours, k=K, rescale_acts_by_decoder_norm=False, matryoshka_widths=widths)
    with_aux_weight(theirs, ours, x)
    step = their_step(theirs, x, {}, dead)
    assert {f"inner_mse_loss_{width}" for width in ours.widths} <= step.out.losses.keys()
    without_b_dec_in_aux(theirs, step, x)
    compare(ours, x, dead, 0.5, with_gradients(step, ours, theirs))


def test_batch_topk_keeps_saelens_threshold() -> None:
    """Before it is corrected for its start at 0, our running threshold is SAELens' own."""
    ours = small(BatchTopKSAE, Threshold(threshold_rate=0.1))
    theirs = saelens("BatchTopK", ours, k=K, rescale_acts_by_decoder_norm=False, topk_threshold_lr=0.1)
    for seed in range(3):
        ours(batch(seed))
        their_step(theirs, batch(seed), {}, no_dead())
    assert abs(ours.threshold_sum.item() - theirs.topk_threshold.item()) < 1e-12
    assert ours.threshold > 3 * theirs.topk_threshold  # which is too low after three batches


@pytest.mark.parametrize("towards_k", [True, False])
def test_jumprelu(towards_k: bool) -> None:
    """JumpReLUTrainingSAE, with its quadratic and its plain L0 penalty.

    SAELens' quadratic penalty is 2/k (L0 − k)² where ours is (L0/k − 1)²; its θ is the parameter, ours log θ.
    """
    width, weight = 0.4, 0.3
    ours = small(JumpReLUSAE, Jump(weight, 0.0, towards_k, width, 0.3))
    x = batch()
    theirs = saelens(
        "JumpReLU",
        ours,
        jumprelu_bandwidth=width * math.sqrt(D_IN),
        jumprelu_sparsity_loss_mode="quadratic" if towards_k else "step",
        target_l0=float(K) if towards_k else None,
    )
    l0 = weight * float(spread(x)) * (1 / (2 * K) if towards_k else 1)
    step = with_gradients(their_step(theirs, x, {"l0": l0}, no_dead()), ours, theirs)
    step.gradients["log_threshold"] = step.gradients["log_threshold"] * ours.log_threshold.detach().exp()
    assert torch.allclose(ours(x).codes, step.out.feature_acts)
    compare(ours, x, no_dead(), 1.0, step)


def test_gated() -> None:
    """GatedTrainingSAE; what its third term does to the decoder, which the paper freezes there, is taken out of it."""
    ours, x = small(GatedSAE, Gate(l1_weight=0.8, l1_warmup=0.0)), batch()
    theirs = saelens("Gated", ours)
    step = their_step(theirs, x, {"l1": 0.8}, no_dead())
    opened = ((x - theirs.b_dec.detach()) @ theirs.W_enc + theirs.b_gate).relu().detach()
    W_dec, b_dec = theirs.W_dec.detach().requires_grad_(), theirs.b_dec.detach().requires_grad_()
    third = (opened @ W_dec + b_dec - x).pow(2).sum(1).mean() / spread(x)
    third.backward()
    assert W_dec.grad.abs().max() > 1e-3
    theirs.W_dec.grad -= W_dec.grad
    theirs.b_dec.grad -= b_dec.grad
    assert torch.allclose(ours(x).codes, step.out.feature_acts)
    compare(ours, x, no_dead(), 1.0, with_gradients(step, ours, theirs))


def test_the_comparison_can_fail() -> None:
    """A gradient that is off by one part in a hundred is found."""
    ours, x = small(ReLUSAE, L1(l1_weight=0.8, l1_warmup=0.0)), batch()
    theirs = saelens("Standard", ours)
    step = with_gradients(their_step(theirs, x, {"l1": 0.8}, no_dead()), ours, theirs)
    step.gradients["b_dec"] = step.gradients["b_dec"] * 1.01
    with pytest.raises(AssertionError, match="b_dec"):
        compare(ours, x, no_dead(), 1.0, step)
