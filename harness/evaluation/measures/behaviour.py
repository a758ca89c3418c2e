"""How much of the language model's behaviour survives when it reads the reconstruction instead of the activations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from torch import Tensor

from harness.evaluation.upstream import core as upstream
from harness.evaluation.upstream.quiet import quiet
from harness.grad import no_grad
from harness.halving import halving


class TokenSlices:
    """What sae-bench asks for batches of tokens: gives the rows of `tokens` [n, context] in order."""

    def __init__(self, tokens: Tensor) -> None:
        self._tokens = tokens
        self._next = 0

    def get_batch_tokens(self, rows: int) -> Tensor:
        batch = self._tokens[self._next : self._next + rows]
        self._next += rows
        return batch


@halving("rows")
def core_scores(sae: Any, model: Any, tokens: Tensor, special: set[int], rows: int = 4) -> dict[str, float]:
    """Cross-entropy and KL on held-out `tokens` [n, context] (n a multiple of `rows`; more rows at once are no faster).

    `ce_loss_score`: 1 is the untouched model, 0 is zero ablation, (H_ablated − H_sae) / (H_ablated − H_clean);
    `kl_div_score` the same for KL; `ce_loss_with_sae`, `kl_div_with_ablation`, … what they are made of.
    `special` tokens (bos, eos, pad) keep their activations and are not counted. `model` is a HookedTransformer.
    """
    if len(tokens) % rows:
        raise ValueError(f"{len(tokens)} rows of tokens are no multiple of {rows}")
    with quiet(), float_logits(model):
        scores = upstream.get_downstream_reconstruction_metrics(
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
    return {name: float(value) for name, value in scores.items()}


@contextmanager
def float_logits(model: Any) -> Iterator[None]:
    """Within, the language model's logits are float32, and with them all that is averaged over tokens.

    Of a model in bfloat16 sae-bench would take cross-entropy, KL and their means in that type: steps of 1/64 at 3 nats.
    """
    hook = model.unembed.register_forward_hook(lambda _module, _given, logits: logits.float())
    try:
        yield
    finally:
        hook.remove()


@dataclass(frozen=True)
class Activity:
    """sae-bench's further figures: of the whole SAE, and a list of each with one entry a latent."""

    whole: dict[str, float]
    latents: dict[str, list[float]]


@halving("rows")
@no_grad
def activity(sae: Any, tokens: Tensor, stream: Tensor, special: set[int], rows: int = 4) -> Activity:
    """Norms, L1, how often each latent is on, from `tokens` [n, context] and their activations [n, context, d_in]."""
    hook = sae.cfg.hook_name
    parts = iter(stream.split(rows))
    replayed = SimpleNamespace(run_with_cache=lambda *_, **__: (None, {hook: next(parts)}))
    with quiet():
        whole, latents = upstream.get_sparsity_and_variance_metrics(
            sae,
            replayed,
            TokenSlices(tokens),
            -(-len(tokens) // rows),
            compute_l2_norms=True,
            compute_sparsity_metrics=True,
            compute_variance_metrics=True,
            compute_featurewise_density_statistics=True,
            eval_batch_size_prompts=rows,
            model_kwargs={},
            ignore_tokens=special,
        )
        if hasattr(sae, "W_enc"):
            latents |= upstream.get_featurewise_weight_based_metrics(sae)
            whole |= upstream.calculate_misc_metrics(latents)
    return Activity(whole, latents)
