"""What is left of the language model where a transcoder's prediction stands in place of an MLP's output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from harness.evaluation.measures.behaviour import float_logits, over_floors
from harness.evaluation.upstream.quiet import quiet
from harness.halving import halving
from harness.site import Hooks

Put = Callable[[Tensor, Tensor, Tensor], Tensor]
"""What goes in, what comes out [n, context, d] and which positions are counted [n, context] → what is put in its place."""


@halving("rows")
def replaced(
    sae: Any, model: Any, at: Hooks, tokens: Tensor, special: set[int], mean: Tensor, rows: int = 4
) -> dict[str, float]:
    """Cross-entropy and KL divergence from the untouched model on held-out `tokens` [n, context], in nats, means over counted positions.

    `…_with_sae`: with the transcoder's ŷ in place of the MLP's output y at counted positions. `…_with_ablation`: with zeros in place
    of y everywhere, as sae-bench ablates; `…_bos_kept`, `…_mean`: with zeros, and with `mean` [d_out] of y, at counted positions
    alone. `special` tokens are not counted. `model` is a HookedTransformer with the hook points `at`.
    """
    puts: dict[str, Put] = {
        "with_sae": lambda x, y, here: torch.where(here, sae(x.float()).to(y.dtype), y),
        "with_ablation": lambda x, y, here: torch.zeros_like(y),
        "bos_kept": lambda x, y, here: torch.where(here, torch.zeros_like(y), y),
        "mean": lambda x, y, here: torch.where(here, mean.to(y), y),
    }
    counted = ~torch.isin(tokens, torch.tensor(sorted(special), device=tokens.device))
    parts: dict[str, list[Tensor]] = {}
    with quiet(), torch.no_grad(), float_logits(model):
        for batch, here in zip(tokens.split(rows), counted.split(rows), strict=True):
            clean = model(batch).log_softmax(-1)
            parts.setdefault("ce_loss_without_sae", []).append(_loss(clean, batch)[here[:, :-1]])
            for name, put in puts.items():
                said = model.run_with_hooks(batch, fwd_hooks=_hooks(put, at, here)).log_softmax(-1)
                parts.setdefault(f"ce_loss_{name}", []).append(_loss(said, batch)[here[:, :-1]])
                parts.setdefault(f"kl_div_{name}", []).append((clean.exp() * (clean - said)).sum(-1)[here])
    return {name: float(torch.cat(found).mean()) for name, found in parts.items()}


def scores(found: Mapping[str, float]) -> tuple[dict[str, float], dict[str, str]]:
    """`ce_loss_score`, `kl_div_score` of what `replaced` gives, and by name why one is not defined.

    1 is the untouched model, 0 is zero ablation: (H_ablated − H_sae) / (H_ablated − H_clean), the same for KL.
    """
    gap = found["ce_loss_with_ablation"] - found["ce_loss_without_sae"]
    if not gap > 0 or not found["kl_div_with_ablation"] > 0:
        why = (
            "zeros in place of the MLP's output cost the language model nothing, so that no part of it can be recovered"
        )
        return {}, dict.fromkeys(("ce_loss_score", "kl_div_score"), why)
    return {
        "ce_loss_score": (found["ce_loss_with_ablation"] - found["ce_loss_with_sae"]) / gap,
        "kl_div_score": 1 - found["kl_div_with_sae"] / found["kl_div_with_ablation"],
    }, {}


def other_scores(found: Mapping[str, float]) -> dict[str, float]:
    """The scores over the other ablations, and these themselves: as core says them of an SAE."""
    lowest = {name: value for name, value in found.items() if name.endswith(("bos_kept", "_mean"))}
    return {**lowest, **over_floors(found, lowest)}


def _loss(said: Tensor, batch: Tensor) -> Tensor:
    """Of each token after the first [n, context − 1]."""
    return -said[:, :-1].gather(-1, batch[:, 1:, None])[..., 0]


def _hooks(put: Put, at: Hooks, here: Tensor) -> list[tuple[str | None, Callable[..., Tensor]]]:
    """Remember what goes in, and put something in the place of what comes out."""
    read: list[Tensor] = []

    def remember(x: Tensor, hook: Any) -> Tensor:
        read.append(x)
        return x

    return [(at.read, remember), (at.wanted, lambda y, hook: put(read[-1], y, here[..., None]))]
