"""The BatchTopK SAE."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from harness.architectures.autoencoder import Autoencoder, Output
from harness.grad import no_grad
from harness.sae import aux_k_loss, unexplained
from harness.saved import SavedSAE
from harness.settings import RunSettings

_SAMPLED = 61
"""A prime, so that rows of a power of two do not give the same latents again and again."""


@dataclass(frozen=True)
class Threshold:
    """The hyperparameters of BatchTopKSAE."""

    threshold_rate: float = 0.05  # of the running average of the threshold: the weight of the newest batch


class BatchTopKSAE(Autoencoder):
    """A BatchTopK SAE: k latents on for an input on average, as many as it needs for each (Bussmann et al. 2024).

    pre = (x − b_dec) W_encᵀ + b_enc
    z   = ReLU(pre) where that is among the k · batch largest of the whole batch, else 0         in training
    z   = ReLU(pre) where pre > θ, else 0                                                        afterwards
    θ   = the mean over batches of the smallest latent that was on
    x̂   = z W_dec + b_dec
    L   = ‖x − x̂‖² / ‖x − x̄‖²  +  aux_weight · AuxK           (AuxK: Gao et al. 2024)

    `train()` and `eval()` choose between the two. θ is a running average, corrected as Adam's are: uncorrected from 0,
    as SAELens keeps it, it would be too low by (1 − rate)^steps.
    """

    hyperparameters: Threshold
    threshold_sum: Tensor  # Σ of weighted smallest latents, and
    threshold_mass: Tensor  # Σ of the weights

    def __init__(
        self, d_in: int, settings: RunSettings, mean: Tensor, hyperparameters: Threshold | None = None
    ) -> None:
        super().__init__(d_in, settings, mean, hyperparameters or Threshold())
        self.register_buffer("threshold_sum", torch.zeros((), dtype=torch.float64))
        self.register_buffer("threshold_mass", torch.zeros((), dtype=torch.float64))

    @property
    def threshold(self) -> Tensor:
        """θ, a scalar; 0 before the first batch."""
        return self.threshold_sum / self.threshold_mass.clamp_min(1e-12)

    @property
    def thresholds(self) -> Tensor:
        """θ of each latent, [d_sae]: the same for all, as saved files have it."""
        return self.threshold.to(self.b_enc) * torch.ones_like(self.b_enc)

    def forward(self, x: Tensor) -> Output:
        """One batch [batch, d_in] through the SAE; in training mode θ takes it into account."""
        pre = self.pre_activations(x)
        codes = self.codes_of(pre)
        return Output(x, pre, codes, self.decode(codes))

    def codes_of(self, pre: Tensor) -> Tensor:
        """z of pre-activations, both [batch, d_sae]; in training mode θ takes the batch into account."""
        if not self.training:
            return pre.relu() * (pre > self.threshold)
        codes = largest_of_batch(pre, self.settings.k, tied=self.settings.precision != "float32")
        self._follow(codes.detach())
        return codes

    @no_grad
    def _follow(self, codes: Tensor) -> None:
        """Move θ towards the smallest latent that is on."""
        smallest = codes.masked_fill(codes <= 0, torch.inf).min().to(self.threshold_sum)
        rate = self.hyperparameters.threshold_rate * smallest.isfinite().to(smallest)  # 0 where no latent is on
        self.threshold_sum.lerp_(smallest.nan_to_num(posinf=0.0), rate)
        self.threshold_mass.lerp_(torch.ones_like(smallest), rate)

    def loss_terms(self, out: Output, dead: Tensor, p: float) -> dict[str, Tensor]:
        """Reconstruction and AuxK, as TopKSAE's."""
        aux_k = aux_k_loss(out.x, out.x_hat, self, dead, self.settings.k_aux)
        return {"reconstruction": unexplained(out.x, out.x_hat), "aux_k": self.settings.aux_weight * aux_k}

    def saved(self) -> SavedSAE:
        """As SAELens' jumprelu with the same θ for all latents, as SAELens saves its own."""
        return self.as_saved("jumprelu", {"b_enc": self.b_enc, "threshold": self.thresholds})


def largest_of_batch(pre: Tensor, k: int, tied: bool = False) -> Tensor:
    """ReLU(pre) [batch, d_sae] where it is among the k · batch largest of the batch, else 0; what is not a number stays so.

    Equals share a fate. `tied`: of those that equal the weakest, only as many as there is room for, in their order; for
    numbers rounded to bfloat16, of which hundreds are equal, so that more than k · batch would be on.
    """
    flat, wanted = pre.detach().flatten(), k * len(pre)
    weakest = kth_largest(flat, wanted, selected=flat.device.type == "cpu").clamp_min(torch.finfo(pre.dtype).tiny)
    off = flat < weakest
    if tied:
        equal = flat == weakest
        room = wanted - (flat > weakest).sum()
        off |= equal & (equal.cumsum(0, dtype=torch.int32) > room)
    return pre.masked_fill(off.view_as(pre), 0.0)


def kth_largest(flat: Tensor, k: int, selected: bool) -> Tensor:
    """The k-th largest number, a scalar: by a selection or by a topk.

    On the CPU a selection takes half the time of a topk of so many, and an eighth of its own where it is made among those
    that a sample lets expect there; on a GPU a single block of threads would make it.
    """
    if not selected:
        return flat.topk(k, sorted=False).values.min()
    among = flat[~(flat < _probably_below(flat, k))]  # so that what is not a number counts as the largest, as ever
    if len(among) < k:
        among = flat
    return among.kthvalue(len(among) - k + 1).values


def _probably_below(flat: Tensor, k: int) -> Tensor:
    """A scalar that the k-th largest is most likely above, though not by much: by the ranks of every 61st number."""
    sample = flat[::_SAMPLED]
    expected = k / len(flat) * len(sample)
    rank = math.ceil(expected + 4 * math.sqrt(expected)) + 1
    return sample.topk(rank, sorted=False).values.min() if rank < len(sample) else flat.new_tensor(-torch.inf)
