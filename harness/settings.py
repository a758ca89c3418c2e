"""What every SAE reads from the settings of a run, and the check that they fit together before anything is computed."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import torch

from harness.device import has_bfloat16
from harness.errors import SettingsError
from harness.sae import PRECISIONS
from harness.site import TRANSCODERS, site_of

log = logging.getLogger(__name__)
S = TypeVar("S")


class RunSettings(Protocol):
    """The settings of experiment.py that an SAE of harness/architectures/ reads."""

    @property
    def d_sae(self) -> int: ...
    @property
    def k(self) -> int: ...
    @property
    def k_aux(self) -> int: ...
    @property
    def aux_weight(self) -> float: ...
    @property
    def precision(self) -> str: ...


# Settings that must be whole numbers, with the least that each may be.
AT_LEAST = {
    "d_sae": 1,
    "k": 1,
    "steps": 1,
    "batch_size": 1,
    "pool_tokens": 1,
    "layer": 0,
    "context": 2,
    "k_aux": 1,
    "dead_after_tokens": 1,
    "log_every": 1,
    "seed": 0,
    "buffer_tokens": 0,
}
USE_AUX_K = (
    "topk",
    "batch_topk",
    "matryoshka",
    "ortsae",
    *TRANSCODERS,
)  # the values of `sae` whose loss has an AuxK term


def check_settings(settings: Any) -> None:
    """Raise SettingsError where a run with these settings (a dataclass, see experiment.py) could not succeed.

    The message names the setting, its value and the remedy. A setting that is not there is not checked.
    """
    found = {name: getattr(settings, name) for name in dir(settings) if not name.startswith("_")}
    for name, least in AT_LEAST.items():
        value = found.get(name, least)
        if isinstance(value, bool) or not isinstance(value, int):
            raise SettingsError(f"{name} is {value!r}: it must be a whole number")
        if value < least:
            raise SettingsError(f"{name} is {value}: it must be at least {least}")
    if found.get("k", 0) > found.get("d_sae", math.inf):
        raise SettingsError(
            f"k is {found['k']}, but the SAE has only d_sae = {found['d_sae']} latents: lower k or raise d_sae"
        )
    if found.get("precision", "float32") not in PRECISIONS:
        raise SettingsError(f"precision is {found['precision']!r}: use {' or '.join(PRECISIONS)}")
    _check_sweep(found)
    kind, site = found.get("sae", "topk"), found.get("site")
    if site is not None and kind in TRANSCODERS and site != site_of(kind):
        raise SettingsError(f"site is {site!r}, but a {kind} reads {site_of(kind)!r}: leave it to --sae={kind}")
    if 0 < found.get("buffer_tokens", 0) < 2 * found.get("batch_size", 1):
        raise SettingsError(
            f"buffer_tokens is {found['buffer_tokens']}: half a buffer must hold a batch of {found['batch_size']}, so use at "
            "least twice as many, better a hundred times; or 0 to keep all activations on the disk"
        )
    _check_rates(found)
    _check_aux_k(found)


def _check_sweep(found: dict[str, Any]) -> None:
    """The k of a frontier's points: at least two, the run's own among them, none beyond d_sae."""
    sweep = found.get("l0_sweep") or ()
    if not sweep:
        return
    if len(sweep) < 2 or list(sweep) != sorted({int(k) for k in sweep}) or sweep[0] < 1:
        raise SettingsError(f"l0_sweep is {sweep}: name two k or more, each once and at least 1")
    if sweep[-1] > found.get("d_sae", math.inf):
        raise SettingsError(f"l0_sweep names k {sweep[-1]}, but the SAE has only d_sae = {found['d_sae']} latents")
    if found.get("k") not in sweep:
        raise SettingsError(
            f"k is {found.get('k')}, which l0_sweep {sweep} leaves out: the run's own SAE is that of k, so name it there, or give another --k"
        )


def fit_precision(settings: S, device: torch.device) -> S:
    """The settings with `precision` float32 where they say bfloat16 and the device has no instruction for it, which is said."""
    if getattr(settings, "precision", "float32") != "bfloat16" or has_bfloat16(device):
        return settings
    log.warning(
        "this %s has no bfloat16 instructions, so products in it would take 6 to 15 times as long as in float32: "
        "precision is float32",
        "GPU" if device.type == "cuda" else "processor",
    )
    return replace(settings, precision="float32")  # type: ignore[type-var]


def _check_rates(found: dict[str, Any]) -> None:
    """The learning rate and the parts of the run in which it rises and falls."""
    for name in ("lr", "aux_weight", "warmup", "decay"):
        value = found.get(name, 0.5)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise SettingsError(f"{name} is {value!r}: it must be a finite number")
    if found.get("lr", 1) <= 0:
        raise SettingsError(f"lr is {found['lr']}: a learning rate must be above 0")
    if found.get("aux_weight", 1) < 0:
        raise SettingsError(f"aux_weight is {found['aux_weight']}: use 0 for no AuxK, or a positive weight")
    for name in ("warmup", "decay"):
        if not 0 <= found.get(name, 0) <= 1:
            raise SettingsError(f"{name} is {found[name]}: it is a part of the run, from 0 to 1")


def _check_aux_k(found: dict[str, Any]) -> None:
    """Say so where no latent can be dead before the run ends: AuxK would be in the loss and never act."""
    tokens = found.get("training_tokens")
    used = found.get("sae", "topk") in USE_AUX_K and found.get("aux_weight", 0) > 0
    if used and tokens is not None and found.get("dead_after_tokens", 0) >= tokens:
        log.warning(
            "dead_after_tokens is %d, but the run has only %d training tokens: no latent can count as dead, and AuxK "
            "never acts; lower dead_after_tokens or train longer",
            found["dead_after_tokens"],
            tokens,
        )
