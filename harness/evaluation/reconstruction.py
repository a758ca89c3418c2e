"""Reconstruction on held-out activations, by the plain formulas.

Explained variance is computed here and not taken from sae-bench 0.6.0: its core eval subtracts the mean of the *squared*
activations where the squared mean belongs, so its figure depends on the scale of the activations (upstream.py).
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from harness.coactivation import coactivation_counts
from harness.evaluation.submission import Submission
from harness.sae import Codes, decode, top_k


@dataclass(frozen=True)
class Reconstruction:
    """An SAE's view of held-out activations."""

    explained_variance: float  # 1 − Σ‖x − x̂‖² / Σ‖x − x̄‖²
    mse: float  # mean over tokens and dimensions of (x − x̂)²
    cosine: float  # mean over tokens of cos(x, x̂)
    l0: float  # mean number of latents on for a token
    dead_latents: float  # fraction of latents never on
    counts: Tensor  # [d_sae, d_sae]: tokens for which i and j are both on


@torch.no_grad()
def reconstruct(submission: Submission, activations: Tensor, batch: int = 4096) -> Reconstruction:
    """Encode and decode held-out `activations` [tokens, d_in] in batches."""
    weights = submission.weights
    mean = activations.mean(0)
    residual = variance = cosine = on = 0.0
    counts = torch.zeros(submission.d_sae, submission.d_sae)
    for x in activations.split(batch):
        codes = encode(submission, x)
        x_hat = decode(codes, weights.W_dec) + weights.b_dec
        residual += float((x - x_hat).double().pow(2).sum())
        variance += float((x - mean).double().pow(2).sum())
        cosine += float(torch.cosine_similarity(x, x_hat, dim=1).sum())
        on += float((codes.values > 0).sum())
        counts += coactivation_counts(codes, submission.d_sae)
    tokens = len(activations)
    return Reconstruction(
        explained_variance=1 - residual / variance,
        mse=residual / activations.numel(),
        cosine=cosine / tokens,
        l0=on / tokens,
        dead_latents=float((counts.diagonal() == 0).float().mean()),
        counts=counts,
    )


def encode(submission: Submission, x: Tensor) -> Codes:
    """The SAE's sparse code of x [tokens, d_in]."""
    weights = submission.weights
    return top_k((x - weights.b_dec) @ weights.W_enc + weights.b_enc, submission.k)
