"""Reads an SAE as data: two files, checked before anything is computed with them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from harness.errors import HarnessError
from harness.saved import SAEWeights

UNIT_NORM_TOLERANCE = 1e-3
MAX_FILE_BYTES = 2_000_000_000
# What config.json says of the run must hold of the SAE that was saved: (setting of the run, field of cfg.json).
MUST_AGREE = (("k", "k"), ("d_sae", "d_sae"))


class SubmissionError(HarnessError):
    """The run left no SAE that can be scored; the message names the file, what is wrong and what it should be."""


@dataclass(frozen=True)
class Submission:
    """A TopK SAE that passed every check, for activations of `model` after block `layer`."""

    weights: SAEWeights
    k: int
    model: str
    layer: int
    context: int

    @property
    def d_in(self) -> int:
        return self.weights.W_enc.shape[0]

    @property
    def d_sae(self) -> int:
        return self.weights.W_enc.shape[1]


def load_submission(run_dir: Path) -> Submission:
    """The SAE in run_dir/sae, with the model and layer from run_dir/final_info.json.

    Raises SubmissionError: file missing, empty, cut short or linked elsewhere; a tensor missing, of another shape, not
    finite; all zero; decoder rows off unit norm; k missing, out of range or not the k of the run.
    """
    run = _read_json(run_dir / "final_info.json").get("config")
    if not isinstance(run, dict):
        raise SubmissionError(f"{run_dir / 'final_info.json'}: no `config` table")
    cfg_path = run_dir / "sae" / "cfg.json"
    cfg = _read_json(cfg_path)
    if cfg.get("architecture") != "topk":
        raise SubmissionError(
            f"{cfg_path}: architecture is {cfg.get('architecture')!r}, only 'topk' can be scored"
        )
    for ours, theirs in MUST_AGREE:
        if _whole(cfg, theirs, cfg_path) != _whole(run, ours, run_dir / "final_info.json"):
            raise SubmissionError(
                f"{cfg_path}: {theirs} is {cfg[theirs]}, but the run's own config.{ours} is {run[ours]}: they must agree"
            )
    weights = _load_weights(run_dir / "sae" / "sae_weights.safetensors", cfg)
    k = _whole(cfg, "k", cfg_path)
    if not 1 <= k <= weights.W_enc.shape[1]:
        raise SubmissionError(f"{cfg_path}: k is {k}, outside 1 … d_sae = {weights.W_enc.shape[1]}")
    info = run_dir / "final_info.json"
    if not isinstance(run.get("model"), str):
        raise SubmissionError(f"{info}: config.model is missing")
    return Submission(weights, k, run["model"], _whole(run, "layer", info), _whole(run, "context", info))


def _read_json(path: Path) -> dict[str, Any]:
    _check_file(path)
    try:
        value = json.loads(path.read_text())
    except (ValueError, RecursionError) as error:
        raise SubmissionError(f"{path}: not JSON ({error})") from error
    if not isinstance(value, dict):
        raise SubmissionError(f"{path}: holds no JSON object")
    return value


def _check_file(path: Path) -> None:
    if path.is_symlink() or path.parent.is_symlink():
        raise SubmissionError(f"{path}: is a link; the run must leave the file itself")
    if not path.is_file():
        raise SubmissionError(f"{path}: missing; the run must write it (harness.saved.save_run does)")
    if not 0 < path.stat().st_size <= MAX_FILE_BYTES:
        raise SubmissionError(f"{path}: has {path.stat().st_size} bytes")


def _whole(table: dict[str, Any], key: str, path: Path) -> int:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise SubmissionError(
            f"{path}: {key} is {'missing' if value is None else repr(value)}; it must be a whole number"
        )
    return value


def _load_weights(path: Path, cfg: dict[str, Any]) -> SAEWeights:
    _check_file(path)
    try:
        tensors = load_file(path)
    except (SafetensorError, ValueError, OSError) as error:
        raise SubmissionError(f"{path}: cannot be read, perhaps cut short ({error})") from error
    d_in, d_sae = (_whole(cfg, key, path.with_name("cfg.json")) for key in ("d_in", "d_sae"))
    shapes = {"W_enc": (d_in, d_sae), "b_enc": (d_sae,), "W_dec": (d_sae, d_in), "b_dec": (d_in,)}
    for name, shape in shapes.items():
        if name not in tensors:
            raise SubmissionError(f"{path}: tensor {name} is missing")
        tensor = tensors[name]
        if tuple(tensor.shape) != shape:
            raise SubmissionError(f"{path}: {name} has shape {tuple(tensor.shape)}, not {shape}")
        if not tensor.is_floating_point():
            raise SubmissionError(f"{path}: {name} holds {tensor.dtype}, not floating-point numbers")
        bad = int((~torch.isfinite(tensor)).sum())
        if bad:
            raise SubmissionError(f"{path}: {name} has {bad} values that are NaN or infinite")
    weights = SAEWeights(*(tensors[name].float() for name in SAEWeights._fields))
    if not bool(weights.W_enc.any()) or not bool(weights.W_dec.any()):
        raise SubmissionError(f"{path}: W_enc or W_dec is all zero; the SAE was not trained")
    off = float((weights.W_dec.norm(dim=1) - 1).abs().max())
    if off > UNIT_NORM_TOLERANCE:
        raise SubmissionError(
            f"{path}: decoder rows must have length 1 and one is off by {off:.3g}; normalise before saving"
        )
    return weights
