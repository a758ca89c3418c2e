"""What makes a TopK SAE train fast, and the files it is written to.

The sparse code of a batch is kept as [batch, k] indices and values, never as a dense [batch, d_sae] matrix: decoding is
then a weighted sum of k decoder rows (`embedding_bag`), 30 to 60 times less work than a dense product at k = 16.
Formulas: Gao et al. 2024, "Scaling and evaluating sparse autoencoders" (TopK, AuxK, unit-norm decoder).
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag, normalize

SAELENS_VERSION = "6.54.12"  # the format of cfg.json; without it SAELens drops the metadata in silence


class Codes(NamedTuple):
    """The latents that are on for each input of a batch. A latent with value 0 is off: `values > 0` says which are on."""

    indices: Tensor  # [batch, k] int64, which latents
    values: Tensor  # [batch, k] float, how strongly (never negative)


def top_k(pre: Tensor, k: int) -> Codes:
    """The k largest pre-activations of each row of [batch, d_sae], then ReLU. Gradients flow to those entries alone."""
    values, indices = pre.topk(k, dim=-1, sorted=False)
    return Codes(indices, values.relu())


def decode(codes: Codes, W_dec: Tensor) -> Tensor:
    """Σ_j value_j · W_dec[index_j] for each input: [batch, d_in]. No bias is added."""
    return embedding_bag(codes.indices, W_dec, per_sample_weights=codes.values, mode="sum")


def unexplained(x: Tensor, x_hat: Tensor) -> Tensor:
    """Fraction of the variance of x [batch, d_in] that x_hat leaves over: 0 is perfect, 1 is the mean's own score."""
    return (x - x_hat).pow(2).sum() / (x - x.mean(0)).pow(2).sum()


def aux_k_loss(pre: Tensor, error: Tensor, dead: Tensor, W_dec: Tensor, k_aux: int) -> Tensor:
    """AuxK: how badly the k_aux strongest *dead* latents reconstruct what the living ones left over.

    `pre` [batch, d_sae] pre-activations, `error` [batch, d_in] = x − x̂ (taken as constant), `dead` [d_sae] bool.
    Returns ‖e − ê‖² / ‖e‖², and a constant 0 where no latent is dead. Its gradient reaches encoder and decoder
    of dead latents only, and so brings them back.
    """
    count = min(k_aux, int(dead.sum()))
    if count == 0:
        return pre.new_zeros(())
    codes = top_k(pre.masked_fill(~dead, -torch.inf), count)
    error = error.detach()
    return (error - decode(codes, W_dec)).pow(2).sum() / error.pow(2).sum().clamp_min(1e-12)


class DeadLatents:
    """Counts, for each latent, the tokens since it was last on."""

    def __init__(self, d_sae: int, dead_after_tokens: int) -> None:
        self.tokens_since_on = torch.zeros(d_sae, dtype=torch.int64)
        self.dead_after_tokens = dead_after_tokens

    @property
    def mask(self) -> Tensor:
        """[d_sae] bool: off for more than `dead_after_tokens` tokens."""
        return self.tokens_since_on > self.dead_after_tokens

    def update(self, codes: Codes) -> None:
        """Take one batch into account."""
        self.tokens_since_on += len(codes.indices)
        self.tokens_since_on[codes.indices[codes.values > 0]] = 0


@torch.no_grad()
def unit_norm_(W_dec: Tensor) -> None:
    """Bring each decoder row [d_sae, d_in] to length 1, in place."""
    W_dec.copy_(normalize(W_dec, dim=1))


@torch.no_grad()
def remove_radial_gradient_(W_dec: Tensor) -> None:
    """Take out of `W_dec.grad` the part along each (unit) row: it would only be undone by `unit_norm_`."""
    if W_dec.grad is not None:
        W_dec.grad -= (W_dec.grad * W_dec).sum(1, keepdim=True) * W_dec


class SAEWeights(NamedTuple):
    """A TopK SAE as plain tensors: z = TopK(ReLU((x − b_dec) W_enc + b_enc)), x̂ = z W_dec + b_dec."""

    W_enc: Tensor  # [d_in, d_sae]
    b_enc: Tensor  # [d_sae]
    W_dec: Tensor  # [d_sae, d_in], rows of length 1
    b_dec: Tensor  # [d_in]

    def unscaled(self, scale: float) -> SAEWeights:
        """The same SAE for inputs x, where this one was trained on `scale · x`: the biases shrink by `scale`."""
        return self._replace(b_enc=self.b_enc / scale, b_dec=self.b_dec / scale)


def save_sae(folder: Path, weights: SAEWeights, config: Mapping[str, Any]) -> None:
    """Write `cfg.json` and `sae_weights.safetensors` as SAELens reads them (architecture `topk`).

    `config` needs `k`, `model`, `layer` and `context`.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    d_in, d_sae = weights.W_enc.shape
    described = {
        "architecture": "topk",
        "d_in": d_in,
        "d_sae": d_sae,
        "k": config["k"],  # without it SAELens takes 100 in silence
        "rescale_acts_by_decoder_norm": False,
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": True,
        "normalize_activations": "none",
        "reshape_activations": "none",
        "metadata": {
            "sae_lens_version": SAELENS_VERSION,
            "sae_lens_training_version": None,
            "model_name": config["model"],
            "model_class_name": "HookedTransformer",
            "hook_name": f"blocks.{config['layer']}.hook_resid_post",
            "hook_head_index": None,
            "context_size": config["context"],
            "prepend_bos": True,
        },
    }
    save_file(
        {name: tensor.detach().float().contiguous() for name, tensor in weights._asdict().items()},
        folder / "sae_weights.safetensors",
    )
    write_json(folder / "cfg.json", described)


def save_run(
    out_dir: Path,
    weights: SAEWeights,
    config: Mapping[str, Any],
    training: Mapping[str, Any],
    curve: Mapping[str, Sequence[float]],
) -> None:
    """Write what a run must leave: `sae/` and `final_info.json` (format 1, with empty metrics: the evaluator fills them in).

    `config` is every setting that was used; `training` needs steps, tokens, seconds; `curve` needs equally long lists
    `step` and `loss` (and any others), from which loss_first and loss_last are taken. A value that is not finite is a
    ValueError that names it: a run that diverged has no result.
    """
    for name, values in curve.items():
        for step, value in zip(curve["step"], values, strict=True):
            if not math.isfinite(value):
                raise ValueError(f"training diverged: {name} is {value} at step {step}")
    save_sae(out_dir / "sae", weights, config)
    ends = {"loss_first": curve["loss"][0], "loss_last": curve["loss"][-1]} if curve["loss"] else {}
    info = {
        "format": 1,
        "config": dict(config),
        "training": {**training, **ends, "curve": {name: list(values) for name, values in curve.items()}},
        "metrics": {},
    }
    write_json(out_dir / "final_info.json", info)


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write strict JSON (NaN and infinity are a ValueError), aside and renamed, so that no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    aside.write_text(json.dumps(value, indent=1, allow_nan=False) + "\n")
    os.replace(aside, path)
