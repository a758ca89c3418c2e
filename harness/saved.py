"""The files that a run leaves: the SAE as SAELens reads it (`sae/`), and `final_info.json`."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor

from harness.sae import Dictionary

SAELENS_VERSION = "6.54.12"  # the format of cfg.json; without it SAELens drops the metadata in silence


class SAEWeights(NamedTuple):
    """A TopK SAE as plain tensors: z = TopK(ReLU((x − b_dec) W_enc + b_enc)), x̂ = z W_dec + b_dec."""

    W_enc: Tensor  # [d_in, d_sae]
    b_enc: Tensor  # [d_sae]
    W_dec: Tensor  # [d_sae, d_in], rows of length 1
    b_dec: Tensor  # [d_in]


@dataclass(frozen=True)
class SavedSAE:
    """An SAE as it is written: tensors under the names and in the shapes of SAELens' `architecture`."""

    architecture: str  # topk, standard, jumprelu, gated
    tensors: Mapping[
        str, Tensor
    ]  # W_enc [d_in, d_sae], W_dec [d_sae, d_in], b_dec [d_in], and the architecture's own
    fields: Mapping[str, Any] = field(default_factory=dict)  # of cfg.json, beside those that every SAE has

    @classmethod
    def topk(cls, sae: Dictionary, k: int) -> SavedSAE:
        """z = TopK(ReLU((x − b_dec) W_enc + b_enc)), x̂ = z W_dec + b_dec."""
        tensors = {"W_enc": sae.W_enc.T, "b_enc": sae.b_enc, "W_dec": sae.W_dec, "b_dec": sae.b_dec}
        return cls("topk", tensors, {"k": k})  # without k SAELens takes 100 in silence

    def unscaled(self, scale: float) -> SavedSAE:
        """The same SAE for inputs x, where this one was trained on `scale · x`: biases and thresholds shrink by `scale`."""
        shrunk = {
            name: tensor / scale if name in ("threshold", "b_enc", "b_dec", "b_gate", "b_mag") else tensor
            for name, tensor in self.tensors.items()
        }
        return replace(self, tensors=shrunk)


def save_sae(folder: Path, sae: SavedSAE, config: Mapping[str, Any]) -> None:
    """Write `cfg.json` and `sae_weights.safetensors` as SAELens reads them.

    `config` needs `model`, `layer` and `context`.
    """
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    d_in, d_sae = sae.tensors["W_enc"].shape
    described = {
        "architecture": sae.architecture,
        "d_in": d_in,
        "d_sae": d_sae,
        **({"rescale_acts_by_decoder_norm": False} if sae.architecture == "topk" else {}),
        **sae.fields,
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
        {name: tensor.detach().float().cpu().contiguous() for name, tensor in sae.tensors.items()},
        folder / "sae_weights.safetensors",
    )
    write_json(folder / "cfg.json", described)


def save_run(
    out_dir: Path,
    sae: SavedSAE,
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
    save_sae(out_dir / "sae", sae, config)
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
