"""The ReLU SAE with an L1 penalty: SAELens' "standard"."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from harness.architectures.autoencoder import Autoencoder, Output, variance, warmed_up
from harness.sae import unexplained
from harness.saved import SavedSAE
from harness.settings import RunSettings


@dataclass(frozen=True)
class L1:
    """The hyperparameters of ReLUSAE."""

    l1_weight: float = 1.75  # λ, for activations of mean length √d_in
    l1_warmup: float = 0.1  # part of the run in which λ rises from 0


class ReLUSAE(Autoencoder):
    """A ReLU SAE with an L1 penalty on its codes (Bricken et al. 2023; the norm in the penalty: Conerly et al. 2024).

    z = ReLU((x − b_dec) W_encᵀ + b_enc)
    x̂ = z W_dec + b_dec
    L = mean ‖x − x̂‖² + λ · mean Σ_i z_i ‖f_i‖      (both divided by the variance of x)

    L0 follows from λ: there is no k.
    """

    hyperparameters: L1

    def __init__(self, d_in: int, settings: RunSettings, mean: Tensor, hyperparameters: L1 | None = None) -> None:
        super().__init__(d_in, settings, mean, hyperparameters or L1())

    def forward(self, x: Tensor) -> Output:
        """One batch [batch, d_in] through the SAE."""
        pre = self.pre_activations(x)
        codes = pre.relu()
        return Output(x, pre, codes, self.decode(codes))

    def loss_terms(self, out: Output, dead: Tensor, p: float) -> dict[str, Tensor]:
        """Reconstruction and L1; see the class."""
        weight = warmed_up(self.hyperparameters.l1_weight, p, self.hyperparameters.l1_warmup)
        l1 = (out.codes @ self.W_dec.norm(dim=1)).mean()
        return {"reconstruction": unexplained(out.x, out.x_hat), "l1": weight * l1 / variance(out.x)}

    def saved(self) -> SavedSAE:
        """As SAELens' standard."""
        return self.as_saved("standard", {"b_enc": self.b_enc})
