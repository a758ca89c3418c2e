"""The JumpReLU SAE."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from harness.architectures.autoencoder import Autoencoder, Output, warmed_up
from harness.sae import unexplained
from harness.saved import SavedSAE
from harness.settings import RunSettings


@dataclass(frozen=True)
class Jump:
    """The hyperparameters of JumpReLUSAE. Lengths are in units of √d_in, the mean length of the activations."""

    l0_weight: float = 0.5  # λ
    l0_warmup: float = 0.2  # part of the run in which λ rises from 0
    towards_k: bool = True  # penalise the distance of L0 from k, else L0 itself
    bandwidth: float = 0.2  # ε, the width of the kernel that thresholds are trained with
    first_threshold: float = 0.1  # θ at the start


class JumpReLUSAE(Autoencoder):
    """A JumpReLU SAE with a threshold for each latent, trained through the jump (Rajamanoharan et al. 2024b).

    pre = (x − b_dec) W_encᵀ + b_enc
    z_i = pre_i · H(pre_i − θ_i),   θ = exp(log_threshold) > 0,   H the step from 0 to 1
    x̂   = z W_dec + b_dec
    L   = ‖x − x̂‖² / ‖x − x̄‖² + λ · mean (‖z‖₀ / k − 1)²      (the paper's variant for a fixed L0), or
    L   = ‖x − x̂‖² / ‖x − x̄‖² + λ · mean ‖z‖₀                  (`towards_k` off: the paper's own)

    Neither jump has a useful derivative in θ; the paper's estimate, with the rectangle K(u) = 1[|u| < 1/2]:
    ∂z_i/∂θ_i = −(θ_i/ε) K((pre_i − θ_i)/ε),   ∂‖z‖₀/∂θ_i = −(1/ε) K((pre_i − θ_i)/ε)
    """

    hyperparameters: Jump

    def __init__(self, d_in: int, settings: RunSettings, mean: Tensor, hyperparameters: Jump | None = None) -> None:
        super().__init__(d_in, settings, mean, hyperparameters or Jump())
        self.bandwidth = self.hyperparameters.bandwidth * math.sqrt(d_in)
        start = math.log(self.hyperparameters.first_threshold * math.sqrt(d_in))
        self.log_threshold = nn.Parameter(torch.full((settings.d_sae,), start))

    def forward(self, x: Tensor) -> Output:
        """One batch [batch, d_in] through the SAE."""
        pre = self.pre_activations(x)
        codes = cast("Tensor", _Jump.apply(pre, self.log_threshold.exp(), self.bandwidth))
        return Output(x, pre, codes, self.decode(codes))

    def loss_terms(self, out: Output, dead: Tensor, p: float) -> dict[str, Tensor]:
        """Reconstruction and L0; see the class."""
        given = self.hyperparameters
        on = cast("Tensor", _Step.apply(out.pre, self.log_threshold.exp(), self.bandwidth))
        l0 = on.sum(1)  # [batch]
        penalty = (l0 / self.settings.k - 1).pow(2) if given.towards_k else l0
        weight = warmed_up(given.l0_weight, p, given.l0_warmup)
        return {"reconstruction": unexplained(out.x, out.x_hat), "l0_penalty": weight * penalty.mean()}

    def saved(self) -> SavedSAE:
        """As SAELens' jumprelu."""
        return self.as_saved("jumprelu", {"b_enc": self.b_enc, "threshold": self.log_threshold.exp()})


class _Jump(torch.autograd.Function):
    """pre · H(pre − θ) for pre [batch, d_sae] and θ [d_sae]."""

    @staticmethod
    def forward(ctx: Any, pre: Tensor, threshold: Tensor, bandwidth: float) -> Tensor:
        ctx.save_for_backward(pre, threshold)
        ctx.bandwidth = bandwidth
        return pre * (pre > threshold)

    @staticmethod
    def backward(ctx: Any, *above: Tensor) -> tuple[Tensor, Tensor, None]:
        pre, threshold = ctx.saved_tensors
        near = kernel(pre, threshold, ctx.bandwidth)
        into_threshold = -(threshold / ctx.bandwidth) * (near * above[0]).sum(0)
        return above[0] * (pre > threshold), into_threshold, None


class _Step(torch.autograd.Function):
    """H(pre − θ) for pre [batch, d_sae] and θ [d_sae]; its gradient reaches θ alone."""

    @staticmethod
    def forward(ctx: Any, pre: Tensor, threshold: Tensor, bandwidth: float) -> Tensor:
        ctx.save_for_backward(pre, threshold)
        ctx.bandwidth = bandwidth
        return (pre > threshold).to(pre.dtype)

    @staticmethod
    def backward(ctx: Any, *above: Tensor) -> tuple[None, Tensor, None]:
        pre, threshold = ctx.saved_tensors
        near = kernel(pre, threshold, ctx.bandwidth)
        return None, -(near * above[0]).sum(0) / ctx.bandwidth, None


def kernel(pre: Tensor, threshold: Tensor, bandwidth: float) -> Tensor:
    """K((pre − θ)/ε) [batch, d_sae]: true where pre is nearer to θ than half the bandwidth, on either side."""
    return (pre - threshold).abs() < bandwidth / 2
