"""What an experiment is given: activations to train on, and nothing of how they were made."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from judge.world import D_IN, Array

INPUTS = 100_000
"""Distinct training inputs."""
L0 = 5
"""Latents that may be on for an input on average: about as many as features fire."""
VERSION = 2
"""Raise it when the world changes, so that no old file is read."""


def training_file() -> Path:
    """Where the training activations lie: in the cache, put there by `python -m judge.prepare`."""
    named = os.environ.get("LABLOOP_CACHE")
    cache = Path(named) if named else Path(__file__).resolve().parents[3] / ".cache" / "labloop"
    return cache / "synthetic" / f"train-{VERSION}.npy"


def training_activations() -> Array:
    """[INPUTS, D_IN] float32. Raises FileNotFoundError or ValueError, each with the remedy."""
    path = training_file()
    if not path.is_file():
        raise FileNotFoundError(f"{path}: missing; `python -m judge.prepare` makes it")
    x = np.load(path, allow_pickle=False)
    if x.shape != (INPUTS, D_IN):
        raise ValueError(
            f"{path}: {x.shape} in place of {(INPUTS, D_IN)}; make it again with `python -m judge.prepare`"
        )
    return x.astype(np.float32)
