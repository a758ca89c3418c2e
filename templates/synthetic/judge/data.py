"""What an experiment is given: inputs to train on and their order, and nothing of how they were made."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from judge.cache import cache_folder
from judge.sizes import SMALL
from judge.world import D_IN, FEATURES, Array

INPUTS = 100_000
"""Distinct training inputs."""
L0 = 5
"""Latents that may be on for an input on average: about as many as features fire."""
VERSION = 2
"""Raise it when the world changes, so that no old file is read."""


def training_file() -> Path:
    """Where the training activations lie: in the cache, put there by `python -m judge.prepare`."""
    return cache_folder() / f"train-{VERSION}.npy"


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


class Order:
    """In which order inputs are drawn, with replacement: a seed decides it, whatever else an experiment draws at random."""

    def __init__(self, seed: int) -> None:
        import torch

        self._generator = torch.Generator().manual_seed(seed)
        torch.randn(
            FEATURES, D_IN, generator=self._generator
        )  # as the baseline's weights were drawn before its first batch once

    def take(self, count: int) -> NDArray[np.int64]:
        """The next `count` rows [count]."""
        import torch

        return np.asarray(torch.randint(INPUTS, (count,), generator=self._generator).numpy())

    @staticmethod
    def mean_of(rows: Array) -> Array:
        """[D_IN] float32, as torch adds."""
        import torch

        return np.asarray(torch.from_numpy(rows).mean(0).numpy())


class Source(Protocol):
    """What training inputs are taken from, at whichever scale."""

    distinct: int | None
    """Distinct inputs that are drawn with replacement; None where each is drawn once."""
    d_in: int
    mean: Array
    """[d_in] of the inputs."""

    def take(self, count: int) -> Array:
        """The next `count` inputs [count, d_in] float32."""
        ...


class Inputs:
    """The small world's training inputs, from their file."""

    distinct, d_in = INPUTS, D_IN

    def __init__(self, seed: int) -> None:
        self._rows, self._order = training_activations(), Order(seed)
        self.mean = self._order.mean_of(self._rows)

    def take(self, count: int) -> Array:
        return self._rows[self._order.take(count)]


def source(scale: str, world: str, seed: int, ahead: bool = False) -> Source:
    """The training inputs of a scale. Raises FileNotFoundError or ValueError, each with the remedy."""
    if scale == SMALL:
        return Inputs(seed)
    from judge import benchmark  # imports SAELens, which takes seconds

    return benchmark.Inputs(benchmark.load_world(world), seed, ahead)
