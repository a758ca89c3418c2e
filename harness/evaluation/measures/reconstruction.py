"""Reconstruction on held-out activations, by the plain formulas.

Explained variance is computed here and not taken from sae-bench 0.6.0: its core eval subtracts the mean of the *squared*
activations where the squared mean belongs, so its figure depends on the scale of the activations (fault 3 of upstream/).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harness.evaluation.measures.together import On, Together, on_in
from harness.evaluation.submitted.submission import Submission, SubmissionError
from harness.grad import no_grad
from harness.halving import halving


@dataclass(frozen=True)
class Reconstruction:
    """An SAE's view of held-out activations."""

    explained_variance: float  # 1 − Σ‖x − x̂‖² / Σ‖x − x̄‖²
    mse: float  # mean over tokens and dimensions of (x − x̂)²
    cosine: float  # mean over tokens of cos(x, x̂)
    l0: float  # mean number of latents on for a token
    dead_latents: float  # fraction of latents never on
    counts: Together  # tokens for which latents i and j are both on


@halving("batch")
@no_grad
def reconstruct(submission: Submission, activations: Any, batch: int = 4096) -> Reconstruction:
    """Encode and decode held-out `activations` [tokens, d_in] (a tensor or an array) in batches.

    Of a transcoder, whose rows are pairs, x below is the output that it is to predict.
    """
    sae, tokens = submission.sae, len(activations)
    if not tokens:
        raise SubmissionError("there is no held-out token to score the SAE on")
    batches = [slice(start, min(start + batch, tokens)) for start in range(0, tokens, batch)]
    mean = sum(sae.pair(_rows(activations, each, sae.device))[1].double().sum(0) for each in batches) / tokens
    residual = variance = cosine = on = 0.0
    fired: list[On] = []
    for each in batches:
        read, x = sae.pair(_rows(activations, each, sae.device))
        codes = sae.encode(read)
        x_hat = sae.rebuilt(codes, read)
        if not bool((codes >= 0).all()) or not bool(x_hat.isfinite().all()):
            raise SubmissionError("the SAE gives latents below 0, NaN or infinity on held-out activations")
        residual += float((x - x_hat).double().pow(2).sum())
        variance += float((x - mean).double().pow(2).sum())
        cosine += float(torch.cosine_similarity(x, x_hat, dim=1).sum())
        on += float((codes > 0).sum())
        fired.append(on_in(codes))
    submission.check_sparsity(on / tokens)
    if not on:
        raise SubmissionError(dead_text(tokens))
    if not variance:
        raise SubmissionError("all held-out activations are the same, so no part of their variance can be explained")
    counts = Together(fired, submission.d_sae, sae.device)
    return Reconstruction(
        explained_variance=1 - residual / variance,
        mse=residual / (tokens * submission.d_out),
        cosine=cosine / tokens,
        l0=on / tokens,
        dead_latents=float((counts.single == 0).float().mean()),
        counts=counts,
    )


@halving("batch")
@no_grad
def check_alive(submission: Submission, activations: Any, batch: int = 4096) -> None:
    """Raises SubmissionError where no latent is on for any of the activations [tokens, d_in]: means over nothing look perfect."""
    sae, tokens = submission.sae, len(activations)
    for start in range(0, tokens, batch):
        read, _ = sae.pair(_rows(activations, slice(start, start + batch), sae.device))
        if not bool((sae.encode(read) <= 0).all()):
            return
    raise SubmissionError(dead_text(tokens))


def dead_text(tokens: int) -> str:
    """Why an SAE that is never on has no scores."""
    return (
        f"the SAE is dead: no latent is on for any of {tokens:,} held-out tokens, so means over latents and pairs are means "
        "over nothing; see that encoder, biases and thresholds let some latents be on"
    )


def _rows(activations: Any, rows: slice, device: torch.device) -> Tensor:
    part = activations[rows]
    return (part if isinstance(part, Tensor) else torch.tensor(part)).to(device, torch.float32)
