"""Where each latent is on: the texts that activate it most, how often it is on, and how strongly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from harness.evaluation.measures.prepared.artifacts import special_tokens
from harness.grad import no_grad

BINS = 20
ROWS_AT_ONCE = 16


@dataclass(frozen=True)
class Activating:
    """What held-out text says of some latents; n of them, T texts each."""

    latents: Tensor  # [n] int64, which
    rows: Tensor  # [n, T] int64: the texts in which each is on most strongly, strongest first
    values: Tensor  # [n, T] its highest activation in each of them; 0 where it is on in fewer texts
    codes: Tensor  # [n, T, context] its activation at each token of these texts
    how_often: Tensor  # [n] part of the tokens at which it is on
    counts: Tensor  # [n, BINS] tokens by how strong it is, in equal steps up to its own highest activation
    tokens: int  # that were looked at, special ones left out


@no_grad
def activating(sae: Any, model: Any, ids: Tensor, latents: Tensor, texts: int) -> Activating:
    """Look at held-out `ids` [rows, context] for these `latents` [n]; `sae` is a ScoredSAE with its cfg, `model` hooked.

    Two passes: the first finds each latent's strongest texts, the second counts its strengths up to its highest one.
    """
    texts = min(texts, len(ids))
    values = torch.zeros(len(latents), 0)
    rows = torch.zeros(len(latents), 0, dtype=torch.int64)
    on, tokens = torch.zeros(len(latents)), 0
    special = torch.tensor(sorted(special_tokens(model.tokenizer)))
    for first, codes, plain in _codes(sae, model, ids, latents, special):
        on += (codes > 0).sum((0, 1))
        tokens += int(plain.sum())
        highest = codes.amax(1).T  # [n, rows]
        found = torch.arange(first, first + highest.shape[1]).expand_as(highest)
        values, rows = torch.cat([values, highest], 1), torch.cat([rows, found], 1)
        values, places = values.topk(min(texts, values.shape[1]), dim=1)
        rows = rows.gather(1, places)
    counts = torch.zeros(len(latents), BINS)
    kept = torch.zeros(len(latents), texts, ids.shape[1])
    for first, codes, _ in _codes(sae, model, ids, latents, special):
        which = (BINS * codes / values[:, 0].clamp_min(1e-12)).long().clamp_max(BINS - 1)
        for at in range(BINS):
            counts[:, at] += ((which == at) & (codes > 0)).sum((0, 1))
        here = (rows >= first) & (rows < first + len(codes))
        latent, place = here.nonzero(as_tuple=True)
        kept[latent, place] = codes[rows[latent, place] - first, :, latent]
    return Activating(
        latents=latents,
        rows=rows,
        values=values,
        codes=kept,
        how_often=on / max(tokens, 1),
        counts=counts,
        tokens=tokens,
    )


def _codes(sae: Any, model: Any, ids: Tensor, latents: Tensor, special: Tensor) -> Iterator[tuple[int, Tensor, Tensor]]:
    """For some rows at once: the first one's number, codes [rows, context, n], 0 at special tokens, and which are none."""
    hook = sae.cfg.hook_name
    for first in range(0, len(ids), ROWS_AT_ONCE):
        some = ids[first : first + ROWS_AT_ONCE]
        _, cache = model.run_with_cache(some, names_filter=[hook], stop_at_layer=sae.cfg.hook_layer + 1)
        plain = ~torch.isin(some, special)
        codes = sae.encode(cache[hook].float())[..., latents].cpu() * plain.unsqueeze(-1).cpu()
        yield first, codes, plain.cpu()
