"""A trained SAE as a file: what the experiment hands over and the judge reads. No code of the experiment is run."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from judge.sizes import SCALES, SMALL
from judge.world import D_IN, Array


@dataclass(frozen=True)
class SavedSAE:
    """pre = (x − b_dec) W_encᵀ + b_enc;  z = pre where pre > threshold and pre is among the k largest, else 0;  x̂ = z W_dec + b_dec.

    TopK: threshold 0 and its k. ReLU: threshold 0, k 0. JumpReLU and BatchTopK: their thresholds, k 0.
    """

    W_enc: Array  # [d_sae, d_in]
    b_enc: Array  # [d_sae]
    W_dec: Array  # [d_sae, d_in]
    b_dec: Array  # [d_in]
    threshold: Array  # [d_sae], never negative
    k: Array  # one whole number; 0 is no limit

    def encode(self, x: Array) -> Array:
        """z [inputs, d_sae] of x [inputs, d_in]."""
        pre = (x - self.b_dec) @ self.W_enc.T + self.b_enc
        on = pre > self.threshold
        if 0 < int(self.k) < pre.shape[1]:
            strongest = np.argpartition(pre, -int(self.k), axis=1)[:, -int(self.k) :]
            among = np.zeros_like(on)
            np.put_along_axis(among, strongest, True, axis=1)
            on &= among
        return np.where(on, pre, np.float32(0))

    def decode(self, z: Array) -> Array:
        """x̂ [inputs, d_in]."""
        return z @ self.W_dec + self.b_dec


def save_run(out_dir: Path, sae: Mapping[str, Any], config: Mapping[str, Any], training: Mapping[str, Any]) -> None:
    """Write sae.npz (the fields of SavedSAE as arrays) and final_info.json to `out_dir`.

    Raises ValueError where a tensor has the wrong shape or is not finite, before anything is written.
    """
    d_in = SCALES[str(config.get("scale", SMALL))].d_in
    whole = _checked({name: np.asarray(value) for name, value in sae.items()}, "the SAE to save", d_in)
    out_dir.mkdir(parents=True, exist_ok=True)
    np.savez(out_dir / "sae.npz", **asdict(whole))
    aside = out_dir / "final_info.json.tmp"
    info = {"format": 1, "config": dict(config), "training": dict(training), "metrics": {}}
    aside.write_text(json.dumps(info), encoding="utf-8")
    os.replace(aside, out_dir / "final_info.json")


def load_sae(path: Path, d_in: int = D_IN) -> SavedSAE:
    """The SAE in an sae.npz. Raises ValueError naming the tensor that is wrong."""
    with np.load(path, allow_pickle=False) as file:
        return _checked({name: file[name] for name in file.files}, path.name, d_in)


def _checked(tensors: Mapping[str, Any], source: str, d_in: int) -> SavedSAE:
    names = SavedSAE.__dataclass_fields__
    if set(tensors) != set(names):
        raise ValueError(f"{source}: holds {sorted(tensors)}; it must hold {sorted(names)}")
    d_sae = len(tensors["W_dec"]) if tensors["W_dec"].ndim else 0
    matrix, vector = (d_sae, d_in), (d_sae,)
    shapes = {"W_enc": matrix, "b_enc": vector, "W_dec": matrix, "b_dec": (d_in,), "threshold": vector, "k": ()}
    for name, shape in shapes.items():
        if tensors[name].shape != shape:
            raise ValueError(f"{source}: {name} has the shape {tensors[name].shape} in place of {shape}")
        if not np.isfinite(tensors[name]).all():
            raise ValueError(f"{source}: {name} holds NaN or infinity; training went wrong (a smaller lr?)")
    if (tensors["threshold"] < 0).any() or int(tensors["k"]) != tensors["k"] or tensors["k"] < 0:
        raise ValueError(f"{source}: threshold and k must not be negative, and k must be whole")
    return SavedSAE(**{name: tensors[name].astype(np.float32) for name in names})
