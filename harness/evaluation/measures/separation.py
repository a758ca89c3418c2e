"""How distinct the latents are: by direction, and by when they are on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from harness.coactivation import normalise_counts
from harness.grad import no_grad


@dataclass(frozen=True)
class Separation:
    """Lower is more separate, for each. None is a mean over nothing: not measured, and not the best there is."""

    decoder_cosine: float  # mean over latents of the highest cosine with another latent's decoder row
    coactive_cosine: float | None  # mean |cos| of the decoder rows of two latents that are on for the same token
    coactivation_overlap: float | None  # mean over living latents of the highest n_ij = N_ij/√(N_i N_j) with another

    def scores(self) -> dict[str, float]:
        """Those that there are."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def undefined(self) -> dict[str, str]:
        """Why each of the others is none."""
        return {name: UNDEFINED[name] for name, value in vars(self).items() if value is None}


UNDEFINED = {
    "coactive_cosine": "no two latents are on for the same held-out token",
    "coactivation_overlap": "fewer than two latents are on for any held-out token",
}


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
        coactive_cosine=float((pairs * gram).sum() / pairs.sum()) if bool(pairs.any()) else None,
        coactivation_overlap=float(normalise_counts(counts)[alive].amax(1).mean()) if int(alive.sum()) > 1 else None,
    )
