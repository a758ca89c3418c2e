"""Small SAEs with random tensors, in float64 where numbers are compared to the last digits."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

from harness.sae import unit_norm_

D_IN, D_SAE, K, BATCH = 12, 40, 4, 32
SETTINGS = SimpleNamespace(
    d_sae=D_SAE, k=K, k_aux=D_IN // 2, aux_weight=1 / 32, steps=100, batch_size=BATCH, precision="float32"
)


def small(kind: Any, hyperparameters: Any = None, seed: int = 0) -> nn.Module:
    """An SAE of this kind in float64 whose every tensor is random (decoder rows of length 1)."""
    torch.manual_seed(seed)
    more = () if hyperparameters is None else (hyperparameters,)
    sae = kind(D_IN, SETTINGS, torch.randn(D_IN), *more).double()
    with torch.no_grad():
        for parameter in sae.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
        unit_norm_(sae.W_dec)
    return sae


def batch(seed: int = 1) -> Tensor:
    """Inputs [BATCH, D_IN] in float64."""
    return 2 * torch.randn(BATCH, D_IN, generator=torch.Generator().manual_seed(seed)).double()


def no_dead() -> Tensor:
    return torch.zeros(D_SAE, dtype=torch.bool)


def rows_of(x: Tensor, sae: Any) -> Tensor:
    """(x − b_dec) W_encᵀ + b_enc by one product for each entry: [batch, d_sae]."""
    pre = torch.empty(len(x), D_SAE, dtype=x.dtype)
    for row in range(len(x)):
        for latent in range(D_SAE):
            pre[row, latent] = (x[row] - sae.b_dec) @ sae.W_enc[latent] + sae.b_enc[latent]
    return pre.detach()


def mean_square(x: Tensor, x_hat: Tensor) -> Tensor:
    """Mean over the batch of ‖x − x̂‖²: the reconstruction term as papers write it."""
    return torch.stack([(a - b).pow(2).sum() for a, b in zip(x, x_hat, strict=True)]).mean()


def spread(x: Tensor) -> Tensor:
    """Mean over the batch of ‖x − x̄‖²: what this package divides a paper's loss by."""
    return mean_square(x, x.mean(0).expand_as(x))
