"""How distinct the latents are: by direction, and by when they are on."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from harness.evaluation.measures.together import Together
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
def separation(W_dec: Tensor, counts: Together) -> Separation:
    """From decoder rows, whose length does not matter, [d_sae, d_in] and what is on together on held-out tokens.

    `decoder_cosine` is sae-bench's `average_max_decoder_cosine_sim`, computed by its own function. Memory goes with the
    blocks of `counts`, not with d_sae².
    """
    from harness.evaluation.upstream.core import calculate_max_cosine_sim

    W_dec = torch.nn.functional.normalize(W_dec, dim=1)
    weighted = together = 0.0
    overlap: list[Tensor] = []
    space = torch.empty(0)  # used again for each block: asking for as much anew costs more than computing
    for rows, pairs in counts.blocks():
        pairs.diagonal(rows.start).zero_()
        space = space if space.shape == pairs.shape else torch.empty_like(pairs)
        torch.mul(counts.single[rows, None], counts.single, out=space).sqrt_().clamp_min_(1e-12)
        overlap.append(torch.div(pairs, space, out=space).amax(1))  # n_ij = N_ij/√(N_i N_j); 0 where one is never on
        torch.mm(W_dec[rows], W_dec.T, out=space).abs_()
        together += float(pairs.sum(dtype=torch.float64))
        weighted += float(space.mul_(pairs).sum(dtype=torch.float64))
    alive = counts.single > 0
    return Separation(
        decoder_cosine=float(calculate_max_cosine_sim(W_dec.T).mean()),
        coactive_cosine=weighted / together if together else None,
        coactivation_overlap=float(torch.cat(overlap)[alive].mean()) if int(alive.sum()) > 1 else None,
    )
