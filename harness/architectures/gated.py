"""The Gated SAE."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from harness.architectures.autoencoder import Autoencoder, Output, affine, variance, warmed_up
from harness.sae import unexplained
from harness.saved import SavedSAE
from harness.settings import RunSettings


@dataclass(frozen=True)
class Gate:
    """The hyperparameters of GatedSAE."""

    l1_weight: float = 3.2  # λ, for activations of mean length √d_in
    l1_warmup: float = 0.5  # part of the run in which λ rises from 0
    via_gate_weight: float = 1.0  # of the auxiliary reconstruction; the paper has 1


class GatedSAE(Autoencoder):
    """A Gated SAE: which latents are on, and how strongly, are told apart (Rajamanoharan et al. 2024a).

    π = (x − b_dec) W_encᵀ + b_gate                                 the gate
    m = (x − b_dec) W_magᵀ + b_mag,   W_mag[i] = exp(r_mag[i]) · W_enc[i]
    z = 1[π > 0] · ReLU(m)
    x̂ = z W_dec + b_dec
    L = mean ‖x − x̂‖² + λ · mean Σ_i ReLU(π_i) ‖f_i‖ + mean ‖x − x̂_gate‖²      (all divided by the variance of x)
    x̂_gate = ReLU(π) sg(W_dec) + sg(b_dec)                          sg: no gradient

    The third term trains the gate, which has no gradient through 1[π > 0]; it must not train the decoder (SAELens'
    lets it). `Output.pre` is π; `b_enc` is b_gate.
    """

    hyperparameters: Gate

    def __init__(self, d_in: int, settings: RunSettings, mean: Tensor, hyperparameters: Gate | None = None) -> None:
        super().__init__(d_in, settings, mean, hyperparameters or Gate())
        self.r_mag = nn.Parameter(torch.zeros(settings.d_sae))
        self.b_mag = nn.Parameter(torch.zeros(settings.d_sae))

    def forward(self, x: Tensor) -> Output:
        """One batch [batch, d_in] through the SAE."""
        gate = self.pre_activations(x)
        # (x − b_dec) W_encᵀ is there already: m = exp(r_mag) · (π − b_gate) + b_mag, without a second matmul.
        magnitude = self.r_mag.exp() * (gate - self.b_enc) + self.b_mag
        codes = (gate > 0) * magnitude.relu()
        return Output(x, gate, codes, self.decode(codes))

    def loss_terms(self, out: Output, dead: Tensor, p: float) -> dict[str, Tensor]:
        """Reconstruction, L1 of the gate, and reconstruction through the gate; see the class."""
        given = self.hyperparameters
        weight = warmed_up(given.l1_weight, p, given.l1_warmup)
        opened = out.pre.relu()
        via_gate = affine(opened, self.W_dec.detach(), self.b_dec.detach(), self.settings.precision)
        l1 = (opened @ self.W_dec.norm(dim=1)).mean()
        return {
            "reconstruction": unexplained(out.x, out.x_hat),
            "l1": weight * l1 / variance(out.x),
            "via_gate": given.via_gate_weight * unexplained(out.x, via_gate),
        }

    def saved(self) -> SavedSAE:
        """As SAELens' gated."""
        return self.as_saved("gated", {"b_gate": self.b_enc, "r_mag": self.r_mag, "b_mag": self.b_mag})
