"""The files that a run leaves: the SAE as SAELens reads it (`sae/`), and `final_info.json`."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor

from harness.errors import SettingsError
from harness.sae import Dictionary
from harness.site import RESIDUAL, hooks
from harness.store.out_dir import write_or_save

SAELENS_VERSION = "6.54.12"  # the format of cfg.json; without it SAELens drops the metadata in silence


class HandedOver(Protocol):
    """An SAE that `save_run` can write: a SavedSAE, or an ExportedSAE (harness/exported.py)."""

    @property
    def hyperparameters(self) -> Mapping[str, Any]: ...

    def check(self) -> None:
        """Raise SettingsError where the SAE makes no sense."""

    def described(self) -> dict[str, Any]:
        """Its own fields of cfg.json: architecture, d_in, d_sae and more."""

    def write(self, folder: Path) -> None:
        """Its files, beside cfg.json."""


@dataclass(frozen=True)
class SavedSAE:
    """An SAE as it is written: tensors under the names and in the shapes of SAELens' `architecture`."""

    architecture: str  # topk, standard, jumprelu, gated
    # W_enc [d_in, d_sae], W_dec [d_sae, d_in], b_dec [d_in], and the architecture's own
    tensors: Mapping[str, Tensor]
    fields: Mapping[str, Any] = field(default_factory=dict)  # of cfg.json, beside those that every SAE has
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)  # of training, for the run's config

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

    def check(self) -> None:
        """Raise SettingsError where SAELens could not read the SAE, or would read another one; see `check_sae`."""
        check_sae(self)

    def described(self) -> dict[str, Any]:
        """The fields of cfg.json that are this SAE's own."""
        d_in, d_sae = self.tensors["W_enc"].shape
        rescale = {"rescale_acts_by_decoder_norm": False} if self.architecture == "topk" else {}
        return {"architecture": self.architecture, "d_in": d_in, "d_sae": d_sae, **rescale, **self.fields}

    def write(self, folder: Path) -> None:
        """The weights, as SAELens reads them."""
        write_tensors(folder / "sae_weights.safetensors", self.tensors)


PREDICTS = {"W_dec": ("d_sae", "d_out"), "b_dec": ("d_out",)}  # what is not its input
# The tensors of each architecture as SAELens names them, by the sizes of their dimensions.
SHAPES: dict[str, dict[str, tuple[str, ...]]] = {
    "topk": {"b_enc": ("d_sae",)},
    "standard": {"b_enc": ("d_sae",)},
    "jumprelu": {"b_enc": ("d_sae",), "threshold": ("d_sae",)},
    "gated": {"b_gate": ("d_sae",), "r_mag": ("d_sae",), "b_mag": ("d_sae",)},
    "jumprelu_transcoder": {"b_enc": ("d_sae",), "threshold": ("d_sae",), **PREDICTS},
    "jumprelu_skip_transcoder": {"b_enc": ("d_sae",), "threshold": ("d_sae",), "W_skip": ("d_out", "d_in"), **PREDICTS},
}
SHARED_SHAPES = {"W_enc": ("d_in", "d_sae"), "W_dec": ("d_sae", "d_in"), "b_dec": ("d_in",)}


def check_sae(sae: SavedSAE) -> None:
    """Raises SettingsError where SAELens could not read the SAE, or would read another one.

    An unknown architecture; a tensor missing, unknown, of another shape or not finite; a k that is no whole number
    from 1 to d_sae; a threshold below 0.
    """
    if sae.architecture not in SHAPES:
        raise SettingsError(
            f"architecture {sae.architecture!r} is none of {', '.join(SHAPES)}: save it as a program "
            "(harness.exported.ExportedSAE)"
        )
    shapes = SHARED_SHAPES | SHAPES[sae.architecture]
    if sae.tensors.keys() != shapes.keys():
        raise SettingsError(
            f"a {sae.architecture} SAE has the tensors {', '.join(sorted(shapes))}, "
            f"but these were given: {', '.join(sorted(sae.tensors))}"
        )
    if sae.tensors["W_enc"].ndim != 2:
        raise SettingsError(f"W_enc has shape {tuple(sae.tensors['W_enc'].shape)}, not [d_in, d_sae]")
    sizes = dict(zip(("d_in", "d_sae"), sae.tensors["W_enc"].shape, strict=True))
    sizes["d_out"] = sae.tensors["b_dec"].numel()
    for name, dimensions in shapes.items():
        check_tensor(name, sae.tensors[name], tuple(sizes[dimension] for dimension in dimensions))
    if sae.architecture == "topk":
        check_k(sae.fields.get("k"), sizes["d_sae"])
    if "threshold" in shapes and bool((sae.tensors["threshold"] < 0).any()):
        raise SettingsError("threshold has values below 0: a JumpReLU latent must not be on where it is negative")


def check_tensor(name: str, tensor: Tensor, shape: tuple[int, ...]) -> None:
    """Raises SettingsError where a tensor has another shape, or a value that is not finite."""
    if tuple(tensor.shape) != shape:
        raise SettingsError(f"{name} has shape {tuple(tensor.shape)}, not {shape}")
    bad = int((~tensor.detach().float().isfinite()).sum())  # in the float32 that is written
    if bad:
        raise SettingsError(
            f"{name} has {bad} values that are NaN or infinite: training diverged; lower lr or the loss's weights"
        )


def check_k(k: object, d_sae: int) -> None:
    """Raises SettingsError where k is no whole number from 1 to d_sae."""
    if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= d_sae:
        raise SettingsError(f"k is {k!r}: it must be a whole number from 1 to d_sae = {d_sae}")


def save_sae(folder: Path, sae: HandedOver, config: Mapping[str, Any]) -> None:
    """Write `cfg.json` and what belongs to it: `sae_weights.safetensors`, as SAELens reads it, or programs.

    `config` needs `model`, `layer` and `context`. Raises SettingsError where the SAE makes no sense; see `check_sae`.
    """
    sae.check()
    folder.mkdir(parents=True, exist_ok=True)
    read, wanted = hooks(config.get("site", RESIDUAL), config["layer"])
    own = sae.described()
    described = {
        **own,
        "dtype": "float32",
        "device": "cpu",
        "apply_b_dec_to_input": own.get("apply_b_dec_to_input", True),
        "normalize_activations": "none",
        "reshape_activations": "none",
        "metadata": {
            "sae_lens_version": SAELENS_VERSION,
            "sae_lens_training_version": None,
            "model_name": config["model"],
            "model_class_name": "HookedTransformer",
            "hook_name": read,
            **({} if wanted is None else {"hook_name_out": wanted}),
            "hook_head_index": None,
            "context_size": config["context"],
            "prepend_bos": True,
        },
    }
    sae.write(folder)
    write_json(folder / "cfg.json", described)


def write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors as float32 in safetensors. Raises OSError where the file cannot be written."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    plain = {name: tensor.detach().float().cpu().contiguous() for name, tensor in tensors.items()}
    try:
        save_file(plain, path)
    except SafetensorError as error:  # its kind for a full disk too
        raise OSError(f"{path}: {error}") from error


def save_run(
    out_dir: Path,
    sae: HandedOver,
    config: Mapping[str, Any],
    training: Mapping[str, Any],
    curve: Mapping[str, Sequence[float]],
) -> None:
    """Write what a run must leave: `sae/` and `final_info.json` (format 1, with empty metrics: the evaluator fills them in).

    `config` is every setting that was used; `training` needs steps, tokens, seconds; `curve` needs equally long lists
    `step` and `loss` (and any others), from which loss_first and loss_last are taken. Raises SettingsError, before
    anything is written, where a value is not finite (a run that diverged has no result) or the SAE makes no sense;
    OutDirError where `out_dir` cannot be written, after the run was saved elsewhere (`write_or_save`).
    """
    check_curve(curve)
    settings = merged(config, sae.hyperparameters)
    ends = {"loss_first": curve["loss"][0], "loss_last": curve["loss"][-1]} if curve["loss"] else {}
    info = {
        "format": 1,
        "config": settings,
        "training": {**training, **ends, "curve": {name: list(values) for name, values in curve.items()}},
        "metrics": {},
    }

    def write(folder: Path) -> None:
        save_sae(folder / "sae", sae, config)
        write_json(folder / "final_info.json", info)

    write_or_save(out_dir, write)


def check_curve(curve: Mapping[str, Sequence[float]]) -> None:
    """Raises SettingsError, naming the term and the step, where a value of the loss curve is not finite."""
    for name, values in curve.items():
        for step, value in zip(curve["step"], values, strict=True):
            if not math.isfinite(value):
                raise SettingsError(
                    f"training diverged: {name} is {value} at step {step}. Lower lr, or the weight of the term that "
                    "grew first (the lines above show the loss)"
                )


def merged(config: Mapping[str, Any], hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Both in one table. Raises SettingsError where they disagree about a name."""
    for name in config.keys() & hyperparameters.keys():
        if config[name] != hyperparameters[name]:
            raise SettingsError(
                f"{name} is {config[name]!r} in the settings and {hyperparameters[name]!r} among the SAE's own "
                "hyperparameters: give one of them another name"
            )
    return {**config, **hyperparameters}


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write strict JSON (NaN and infinity are a ValueError), aside and renamed, so that no reader sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(path.name + ".part")
    aside.write_text(json.dumps(value, indent=1, allow_nan=False) + "\n")
    os.replace(aside, path)
