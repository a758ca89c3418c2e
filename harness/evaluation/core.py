"""How much of the language model's behaviour survives when it reads the reconstruction instead of the activations."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from harness.evaluation.upstream import get_downstream_reconstruction_metrics, quiet


class TokenSlices:
    """What sae-bench asks for batches of tokens: gives the rows of `tokens` [n, context] in order."""

    def __init__(self, tokens: Tensor) -> None:
        self._tokens = tokens
        self._next = 0

    def get_batch_tokens(self, rows: int) -> Tensor:
        batch = self._tokens[self._next : self._next + rows]
        self._next += rows
        return batch


def core_scores(sae: Any, model: Any, tokens: Tensor, special: set[int], rows: int = 4) -> dict[str, float]:
    """`ce_loss_score` and `kl_div_score` on held-out `tokens` [n, context] (n a multiple of `rows`; more rows at once are no faster).

    1 is the untouched model, 0 is zero ablation: (H_ablated − H_sae) / (H_ablated − H_clean), the same for KL.
    `special` tokens (bos, eos, pad) keep their activations and are not counted. `model` is a HookedTransformer.
    """
    if len(tokens) % rows:
        raise ValueError(f"{len(tokens)} rows of tokens are no multiple of {rows}")
    with quiet():
        scores = get_downstream_reconstruction_metrics(
            sae,
            model,
            TokenSlices(tokens),
            compute_kl=True,
            compute_ce_loss=True,
            n_batches=len(tokens) // rows,
            eval_batch_size_prompts=rows,
            ignore_tokens=special,
            exclude_special_tokens_from_reconstruction=True,
        )
    return {name: float(scores[name]) for name in ("ce_loss_score", "kl_div_score")}
