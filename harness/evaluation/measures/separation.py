"""How distinct the latents are: by direction, and by when they are on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from harness.coactivation import normalise_counts
from harness.grad import no_grad


@dataclass(frozen=True)
class Separation:
    """Lower is more separate, for each."""

    decoder_cosine: float  # mean over latents of the highest cosine with another latent's decoder row
    coactive_cosine: float  # mean |cos| of the decoder rows of two latents that are on for the same token
    coactivation_overlap: float  # mean over living latents of the highest n_ij = N_ij/√(N_i N_j) with another


@no_grad
def separation(W_dec: Tensor, counts: Tensor) -> Separation:
    """From decoder rows, whose length does not matter, [d_sae, d_in] and co-activation counts [d_sae, d_sae] on held-out tokens.

    `decoder_cosine` is sae-bench's `average_max_decoder_cosine_sim`, computed by its own function.
    """
    from harness.evaluation.upstream.core import calculate_max_cosine_sim

    W_dec = torch.nn.functional.normalize(W_dec, dim=1)
    gram = (W_dec @ W_dec.T).abs().fill_diagonal_(0.0)
    pairs = (counts - torch.diag(counts.diagonal())).double()
    alive = counts.diagonal() > 0
    return Separation(
        decoder_cosine=float(calculate_max_cosine_sim(W_dec.T).mean()),
        coactive_cosine=float((pairs * gram).sum() / pairs.sum().clamp_min(1)),
        coactivation_overlap=float(normalise_counts(counts)[alive].amax(1).mean()) if bool(alive.any()) else 0.0,
    )
