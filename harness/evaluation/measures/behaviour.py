"""How much of the language model's behaviour survives when it reads the reconstruction instead of the activations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import torch
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


def floors(model: Any, hook: str, tokens: Tensor, stream: Tensor, special: set[int], rows: int = 4) -> dict[str, float]:
    """What other ablations than sae-bench's leave of the language model, on `tokens` [n, context] with activations `stream`.

    sae-bench's zero ablation wipes the activations of special tokens too, `<bos>` among them. `ce_loss_bos_kept` and
    `kl_div_bos_kept` are with zeros in place of the counted positions alone, `ce_loss_mean`, `kl_div_mean` with the mean of
    their activations: cross-entropy, and KL divergence from the untouched model, means over counted positions, in nats.
    """
    counted = ~torch.isin(tokens, torch.tensor(sorted(special), device=tokens.device))
    fills = {"bos_kept": torch.zeros_like(stream[0, 0]), "mean": stream[counted].mean(0)}
    found: dict[str, list[Tensor]] = {}
    with quiet(), torch.no_grad(), float_logits(model):
        for batch, is_counted in zip(tokens.split(rows), counted.split(rows), strict=True):
            clean = model(batch).log_softmax(-1)
            for name, fill in fills.items():
                put = _putting(fill, is_counted)
                said = model.run_with_hooks(batch, fwd_hooks=[(hook, put)]).log_softmax(-1)
                loss = -said[:, :-1].gather(-1, batch[:, 1:, None])[..., 0]
                found.setdefault(f"ce_loss_{name}", []).append(loss[is_counted[:, :-1]])
                divergence = (clean.exp() * (clean - said)).sum(-1)
                found.setdefault(f"kl_div_{name}", []).append(divergence[is_counted])
    return {name: float(torch.cat(parts).mean()) for name, parts in found.items()}


def _putting(fill: Tensor, where: Tensor) -> Callable[..., Tensor]:
    """A hook that puts a vector [d_in] in place of the activations [n, context, d_in] of some positions [n, context]."""

    def put(activations: Tensor, hook: Any) -> Tensor:
        return torch.where(where[..., None], fill.to(activations.dtype), activations)

    return put


def over_floors(downstream: Mapping[str, float], floors: Mapping[str, float]) -> dict[str, float]:
    """`ce_loss_score` and `kl_div_score` over each of `floors`, by name: what a score would be had another ablation the 0."""
    found = {}
    for name in ("bos_kept", "mean"):
        floor, clean = floors[f"ce_loss_{name}"], downstream["ce_loss_without_sae"]
        found[f"ce_loss_score_{name}"] = (floor - downstream["ce_loss_with_sae"]) / (floor - clean)
        found[f"kl_div_score_{name}"] = 1 - downstream["kl_div_with_sae"] / floors[f"kl_div_{name}"]
    return found


@halving("rows")
def core_scores(sae: Any, model: Any, tokens: Tensor, special: set[int], rows: int = 4) -> dict[str, float]:
    """Cross-entropy and KL on held-out `tokens` [n, context] (n a multiple of `rows`; more rows at once are no faster).

    `ce_loss_score`: 1 is the untouched model, 0 is zero ablation, (H_ablated − H_sae) / (H_ablated − H_clean);
    `kl_div_score` the same for KL; `ce_loss_with_sae`, `kl_div_with_ablation`, … what they are made of.
    `special` tokens (bos, eos, pad) keep their activations when the SAE's stand in place of the others, lose them in the zero
    ablation, and are not counted. `model` is a HookedTransformer.
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
