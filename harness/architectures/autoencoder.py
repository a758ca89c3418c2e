"""What the SAEs of this package have in common: four tensors, one latent a row, and what the training loop calls."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, is_dataclass
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor, nn

from harness.errors import SettingsError
from harness.sae import PRECISIONS, unit_norm_
from harness.saved import SavedSAE
from harness.settings import RunSettings


class Output(NamedTuple):
    """One batch through an SAE."""

    x: Tensor  # [batch, d_in] what went in
    pre: Tensor  # [batch, d_sae] pre-activations (of the gate, where there is one)
    codes: Tensor  # [batch, d_sae] latents, 0 where a latent is off
    x_hat: Tensor  # [batch, d_in] what came out


class Autoencoder(nn.Module, ABC):
    """The four tensors that every SAE here has; the start is TopKSAE's: tied random directions, b_dec at the mean.

    pre = (x − b_dec) W_encᵀ + b_enc        [batch, d_sae]
    x̂   = z W_dec + b_dec                   [batch, d_in],   f_i = W_dec[i],   ‖f_i‖ = 1 (the optimiser keeps it)

    Both products are computed in the settings' `precision`; weights, codes and gradients are float32. How z comes from
    pre, the loss and further parameters are a subclass's. `hyperparameters` is a frozen dataclass of what only this kind
    of SAE has, None where that is nothing; it is written into the run's config (`SavedSAE.hyperparameters`).
    """

    def __init__(self, d_in: int, settings: RunSettings, mean: Tensor, hyperparameters: Any = None) -> None:
        super().__init__()
        if hyperparameters is not None and (isinstance(hyperparameters, type) or not is_dataclass(hyperparameters)):
            raise SettingsError(  # now, and not when the trained SAE is to be saved
                f"hyperparameters are {hyperparameters!r}: give an instance of a frozen dataclass, or nothing"
            )
        directions = torch.randn(settings.d_sae, d_in)
        unit_norm_(directions)
        self.settings = settings
        self.hyperparameters: Any = hyperparameters
        self.W_dec = nn.Parameter(directions)  # [d_sae, d_in]
        self.W_enc = nn.Parameter(directions.clone())  # [d_sae, d_in]
        self.b_enc = nn.Parameter(torch.zeros(settings.d_sae))
        self.b_dec = nn.Parameter(mean.clone())  # [d_in]

    def pre_activations(self, x: Tensor) -> Tensor:
        """(x − b_dec) W_encᵀ + b_enc: [batch, d_sae]; in float32 without another [batch, d_in] matrix."""
        precision = self.settings.precision
        if precision == "float32":
            return torch.addmm(self.b_enc - self.W_enc @ self.b_dec, x, self.W_enc.T)
        # Rounded after b_dec is taken away, for the mean may be far larger than the rest. W_enc · 0 is there for b_dec's
        # gradient: through the product it would cost another one of that size.
        centre = self.b_dec.detach()
        bias = self.b_enc - self.W_enc @ (self.b_dec - centre)
        return affine(x - centre, self.W_enc.T, bias, precision)

    def decode(self, codes: Tensor) -> Tensor:
        """z W_dec + b_dec: [batch, d_in]."""
        return affine(codes, self.W_dec, self.b_dec, self.settings.precision)

    @abstractmethod
    def forward(self, x: Tensor) -> Output:
        """One batch [batch, d_in] through the SAE."""

    @abstractmethod
    def loss_terms(self, out: Output, dead: Tensor, p: float) -> dict[str, Tensor]:
        """The weighted terms of the loss by name; the loss is their sum. `dead` [d_sae] bool, p = step / steps.

        A paper's loss is a mean over the batch of ‖x − x̂‖² and more. Here all of it is divided by the batch's variance,
        mean ‖x − x̄‖², so that "reconstruction" is the unexplained fraction that TopKSAE has too.
        """

    @abstractmethod
    def saved(self) -> SavedSAE:
        """The trained tensors under SAELens' names."""

    def as_saved(self, architecture: str, tensors: dict[str, Tensor], fields: dict[str, Any] | None = None) -> SavedSAE:
        """The tensors that every SAE has, W_enc in SAELens' shape [d_in, d_sae], and the given ones."""
        shared = {"W_enc": self.W_enc.T, "W_dec": self.W_dec, "b_dec": self.b_dec}
        own = {} if self.hyperparameters is None else asdict(self.hyperparameters)
        return SavedSAE(architecture, shared | tensors, fields or {}, own)


def affine(a: Tensor, b: Tensor, bias: Tensor, precision: str) -> Tensor:
    """a b + bias for a [n, m], b [m, l] and bias [l], the product computed in a type of `harness.sae.PRECISIONS`.

    The sum with the bias and all gradients are in the type of a and b.
    """
    if precision == "float32":
        return torch.addmm(bias, a, b)
    return bias + cast("Tensor", _RoundedProduct.apply(a, b, PRECISIONS[precision]))


class _RoundedProduct(torch.autograd.Function):
    """The product of two matrices, computed in a shorter type; its gradient is that of the exact product."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, dtype: torch.dtype) -> Tensor:
        ctx.save_for_backward(a, b)
        return (a.to(dtype) @ b.to(dtype)).to(a.dtype)

    @staticmethod
    def backward(ctx: Any, *above: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        a, b = ctx.saved_tensors
        into_a = above[0] @ b.T if ctx.needs_input_grad[0] else None
        into_b = None
        if ctx.needs_input_grad[1]:
            # Laid out as b is, so that what b is a view of gets a contiguous gradient.
            into_b = a.T @ above[0] if b.is_contiguous() else (above[0].T @ a).T
        return into_a, into_b, None


def variance(x: Tensor) -> Tensor:
    """Mean over the batch [batch, d_in] of ‖x − x̄‖²: what the terms of a loss are divided by."""
    return (x - x.mean(0)).pow(2).sum(1).mean()


def warmed_up(weight: float, p: float, warmup: float) -> float:
    """`weight` after a linear rise from 0 over the first `warmup` of the run; p is the progress from 0 to 1."""
    return weight * min(1.0, p / warmup) if warmup else weight
