"""Reads an SAE as data: two files, checked before anything is computed with them."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from harness.evaluation.submitted.architectures import OWN_TENSORS as OWN_TENSORS
from harness.evaluation.submitted.architectures import is_transcoder, shapes_of
from harness.evaluation.submitted.files import SubmissionError as SubmissionError
from harness.evaluation.submitted.files import check_file
from harness.evaluation.submitted.programs import checked_programs
from harness.evaluation.submitted.scored import ScoredSAE
from harness.site import MLP, RESIDUAL, Site

log = logging.getLogger(__name__)

UNIT_NORM_TOLERANCE = 1e-3
SPARSITY_SLACK = 1.05  # a run that says TopK may have so many times k latents on
# What cfg.json may say beside the architecture; anything else would change the codes in silence.
PLAIN = {"normalize_activations": "none", "reshape_activations": "none", "rescale_acts_by_decoder_norm": False}


@dataclass(frozen=True)
class Submission:
    """An SAE that passed every check, for activations of `model` after block `layer`."""

    sae: ScoredSAE
    d_in: int
    d_sae: int
    model: str
    layer: int
    context: int
    k: int | None = None  # the run's setting; TopK and its kin
    kind: str = ""  # config.sae: the name under which the run trained it
    scale: str = "tiny"
    dataset: str = "wordnet"
    lm_dtype: str = "float32"
    pool_tokens: int = 0  # that it was trained on; what is held out is apart from them
    site: Site = RESIDUAL  # mlp: a transcoder
    l0_sweep: tuple[int, ...] = ()  # k of each point of the run's frontier, its own among them

    @property
    def d_out(self) -> int:
        """Of what it gives; d_in but for a transcoder."""
        return len(self.sae.b_dec) if self.sae.reads_pairs else self.d_in

    @property
    def directions(self) -> Tensor | None:
        """W_dec [d_sae, d_in]; None for a program that names none."""
        return getattr(self.sae, "W_dec", None)

    def check_sparsity(self, l0: float) -> None:
        """Raises SubmissionError where a run that calls itself TopK has more latents on than its k allows."""
        if self.kind == "topk" and self.k is not None and l0 > SPARSITY_SLACK * self.k:
            raise SubmissionError(
                f"{l0:.1f} latents are on for a token, but the run says sae = topk with k = {self.k}: "
                "keep to k, or name the SAE in config.sae for what it is"
            )


def load_submission(run_dir: Path, device: str = "cpu", made_here: bool = True) -> Submission:
    """The SAE in run_dir/sae, on `device`, with the model and layer from run_dir/final_info.json.

    Of an SAE that was not made here decoder rows off unit norm are a warning and no refusal, as SAEBench has it: what is
    measured of directions does not ask for their length.

    Raises SubmissionError: file missing, empty, cut short or linked elsewhere; a tensor missing, of another shape, not
    finite; all zero; decoder rows off unit norm; an architecture that is not known, or not the one the run names;
    k missing, out of range or not the k of the run.
    """
    info = run_dir / "final_info.json"
    run = _read_json(info).get("config")
    if not isinstance(run, dict):
        raise SubmissionError(f"{info}: no `config` table")
    cfg_path = run_dir / "sae" / "cfg.json"
    cfg = _read_json(cfg_path)
    architecture = _architecture(cfg, run, cfg_path)
    for name in ("d_sae", "k") if architecture == "topk" else ("d_sae",):
        if _whole(cfg, name, cfg_path) != _whole(run, name, info):
            raise SubmissionError(
                f"{cfg_path}: {name} is {cfg[name]}, but the run's own config.{name} is {run[name]}: they must agree"
            )
    k = _whole(cfg, "k", cfg_path) if architecture == "topk" else None
    if k is not None and not 1 <= k <= cfg["d_sae"]:
        raise SubmissionError(f"{cfg_path}: k is {k}, outside 1 … d_sae = {cfg['d_sae']}")
    site = _site(architecture, run, cfg_path)
    if not isinstance(run.get("model"), str):
        raise SubmissionError(f"{info}: config.model is missing")
    tensors = _load_weights(run_dir / "sae" / "sae_weights.safetensors", cfg, architecture)
    if architecture != "program":
        _check_lengths(run_dir / "sae" / "sae_weights.safetensors", tensors["W_dec"], made_here)
    programs = checked_programs(run_dir / "sae", cfg, tensors, device) if architecture == "program" else None
    sae = ScoredSAE(architecture, tensors, k, bool(cfg.get("apply_b_dec_to_input", True)), programs)
    return Submission(
        sae=sae.eval().to(device),
        d_in=cfg["d_in"],
        d_sae=cfg["d_sae"],
        model=run["model"],
        layer=_whole(run, "layer", info),
        context=_whole(run, "context", info),
        k=_whole(run, "k", info) if "k" in run else None,
        kind=str(run.get("sae", "")),
        scale=str(run.get("scale", Submission.scale)),
        dataset=str(run.get("dataset", Submission.dataset)),
        lm_dtype=str(run.get("lm_dtype", Submission.lm_dtype)),
        pool_tokens=_whole(run, "pool_tokens", info) if "pool_tokens" in run else Submission.pool_tokens,
        site=site,
        l0_sweep=_sweep(run, info),
    )


def _architecture(cfg: dict[str, Any], run: dict[str, Any], path: Path) -> str:
    """cfg.json's architecture, where it is known, plainly used, and what the run says it trained."""
    found = cfg.get("architecture")
    if found not in OWN_TENSORS:
        raise SubmissionError(f"{path}: architecture is {found!r}, known are {', '.join(OWN_TENSORS)}")
    for name, plain in PLAIN.items():
        if cfg.get(name, plain) != plain:
            raise SubmissionError(f"{path}: {name} is {cfg[name]!r}, only {plain!r} can be scored")
    if run.get("sae") == "topk" and found not in ("topk", "program"):
        raise SubmissionError(
            f"{path}: architecture is {found!r}, but the run says config.sae = 'topk': name the SAE for what it is"
        )
    return str(found)


def _site(architecture: str, run: dict[str, Any], path: Path) -> Site:
    site = MLP if is_transcoder(architecture) else RESIDUAL
    if (said := run.get("site", RESIDUAL)) != site:
        raise SubmissionError(
            f"{path}: architecture is {architecture!r}, which reads {site}, but the run's own config.site is {said!r}: "
            "train a transcoder with --sae=transcoder, and an SAE without"
        )
    return site


def _sweep(run: dict[str, Any], path: Path) -> tuple[int, ...]:
    found = run.get("l0_sweep") or []
    if not isinstance(found, list) or any(isinstance(k, bool) or not isinstance(k, int) or k < 1 for k in found):
        raise SubmissionError(f"{path}: config.l0_sweep is {str(found)[:60]}; it must be a list of whole numbers")
    return tuple(found)


def _read_json(path: Path) -> dict[str, Any]:
    check_file(path)
    try:
        value = json.loads(path.read_text())
    except (ValueError, RecursionError) as error:
        raise SubmissionError(f"{path}: not JSON ({error})") from error
    if not isinstance(value, dict):
        raise SubmissionError(f"{path}: holds no JSON object")
    return value


def _whole(table: dict[str, Any], key: str, path: Path) -> int:
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        raise SubmissionError(
            f"{path}: {key} is {'missing' if value is None else repr(value)}; it must be a whole number"
        )
    return value


def _load_weights(path: Path, cfg: dict[str, Any], architecture: str) -> dict[str, Tensor]:
    check_file(path)
    try:
        tensors = load_file(path)
    except (SafetensorError, ValueError, OSError) as error:
        raise SubmissionError(f"{path}: cannot be read, perhaps cut short ({error})") from error
    d_in, d_sae = (_whole(cfg, key, path.with_name("cfg.json")) for key in ("d_in", "d_sae"))
    if architecture == "program" and "W_dec" not in tensors:
        return {}
    paired = is_transcoder(architecture)
    d_out = _whole(cfg, "d_out", path.with_name("cfg.json")) if paired else d_in
    shapes = shapes_of(architecture, d_in, d_sae, d_out)
    for name, shape in shapes.items():
        _check_tensor(path, name, tensors.get(name), shape)
    return {name: tensors[name].float() for name in shapes}


def _check_lengths(path: Path, W_dec: Tensor, made_here: bool) -> None:
    """Raises SubmissionError where a decoder row [d_in] of a run of ours is not of length 1; of another's, says so."""
    off = float((W_dec.norm(dim=1) - 1).abs().max())
    if off <= UNIT_NORM_TOLERANCE:
        return
    what = f"{path}: decoder rows must have length 1 and one is off by {off:.3g}"
    if made_here:
        raise SubmissionError(f"{what}; normalise before saving")
    log.warning(
        "%s; it was made elsewhere and is scored as it is: sizes of its latents do not compare with others'", what
    )


def _check_tensor(path: Path, name: str, tensor: Tensor | None, shape: tuple[int, ...]) -> None:
    if tensor is None:
        raise SubmissionError(f"{path}: tensor {name} is missing")
    if tuple(tensor.shape) != shape:
        raise SubmissionError(f"{path}: {name} has shape {tuple(tensor.shape)}, not {shape}")
    if not tensor.is_floating_point():
        raise SubmissionError(f"{path}: {name} holds {tensor.dtype}, not floating-point numbers")
    bad = int((~torch.isfinite(tensor)).sum())
    if bad:
        raise SubmissionError(f"{path}: {name} has {bad} values that are NaN or infinite")
    if name in ("W_enc", "W_dec") and not bool(tensor.any()):
        raise SubmissionError(f"{path}: {name} is all zero; the SAE was not trained")
