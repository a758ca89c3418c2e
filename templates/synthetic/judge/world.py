"""A world of sparse features in superposition: what is true, and inputs drawn from it.

An input is x = Σ_i m_i d_i: each feature i that fires adds its magnitude m_i > 0 times its unit direction d_i. There are
twice as many features as dimensions, so directions overlap. Three kinds of feature:

- trees: a parent and its three children. A child fires only where its parent does, and at most one child at a time; the
  parent also fires alone. This is where absorption can happen.
- groups of four that fire together more often than by chance (a Gaussian copula with correlation 0.5).
- the rest, each on its own.

How often features fire is heavy-tailed: within each kind the r-th most frequent fires in proportion to r^-a.
After the toy models of Chanin et al. 2024 (arXiv 2409.14507) and Bussmann et al. 2025 (arXiv 2503.17547).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

D_IN = 64
FEATURES = 128
TREES, CHILDREN = 16, 3
GROUPS, GROUP_SIZE = 12, 4
ALONE = FEATURES - TREES * (1 + CHILDREN) - GROUPS * GROUP_SIZE
CHILD_SHARE = (0.3, 0.18, 0.12)
"""Of the inputs on which a parent fires, those on which each child does; the parent is alone on the rest."""
CORRELATION = 0.5
SEED_FILE = Path(__file__).with_name("seed.txt")
"""Hidden from the experiment, which would otherwise know every direction and every firing."""
_CHUNK = 10_000


@dataclass(frozen=True)
class World:
    """The truth. Features 0 … TREES·4 − 1 are trees (parent, then its children), then come groups, then the rest."""

    directions: Array  # [features, d_in], unit rows
    frequency: Array  # [features], part of the inputs on which each fires
    parent: NDArray[np.int64]  # [features], each child's parent; −1 for every other feature
    seed: int = 0  # of what is drawn from this world

    @staticmethod
    def from_seed(seed: int) -> World:
        """The world of this seed: directions, and which features are frequent."""
        rng = np.random.default_rng(seed)
        directions = rng.normal(size=(FEATURES, D_IN))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        parents = rng.permutation(_tail(0.3, 0.7, TREES))
        trees = np.stack([parents, *(parents * share for share in CHILD_SHARE)], axis=1).ravel()
        grouped = rng.permutation(_tail(0.15, 0.6, GROUPS * GROUP_SIZE))
        alone = rng.permutation(_tail(0.2, 0.8, ALONE))
        parent = np.full(FEATURES, -1)
        for child in range(1, CHILDREN + 1):
            parent[child : len(trees) : CHILDREN + 1] = np.arange(0, len(trees), CHILDREN + 1)
        frequency = np.concatenate([trees, grouped, alone])
        return World(directions.astype(np.float32), frequency.astype(np.float32), parent, seed)

    def draw(self, inputs: int, stream: int) -> Iterator[Array]:
        """Magnitudes [chunk, features] of `inputs` inputs in chunks, 0 where a feature does not fire.

        They follow from the world's seed and `stream` (from 1): who knows no seed cannot draw them again.
        """
        rng = np.random.default_rng([self.seed, stream])
        for start in range(0, inputs, _CHUNK):
            fires = self._fires(min(_CHUNK, inputs - start), rng)
            strength = np.maximum(0.3, rng.normal(1.0, 0.2, size=fires.shape))
            yield (fires * strength).astype(np.float32)

    def activations(self, magnitudes: Array) -> Array:
        """x [inputs, d_in] of magnitudes [inputs, features]."""
        return magnitudes @ self.directions

    def _fires(self, inputs: int, rng: np.random.Generator) -> Mask:
        trees = TREES * (1 + CHILDREN)
        parents = rng.random((inputs, TREES)) < self.frequency[: trees : CHILDREN + 1]
        chosen = rng.random((inputs, TREES, 1))
        ends = np.cumsum(CHILD_SHARE)
        children = (chosen < ends) & (chosen >= ends - CHILD_SHARE) & parents[:, :, None]
        of_trees = np.concatenate([parents[:, :, None], children], axis=2).reshape(inputs, trees)
        shared = np.repeat(rng.normal(size=(inputs, GROUPS)), GROUP_SIZE, axis=1)
        own = rng.normal(size=shared.shape)
        level = np.sqrt(CORRELATION) * shared + np.sqrt(1 - CORRELATION) * own
        of_groups = level > ndtri(1 - self.frequency[trees : FEATURES - ALONE])
        alone = rng.random((inputs, ALONE)) < self.frequency[FEATURES - ALONE :]
        return np.concatenate([of_trees, of_groups, alone], axis=1)


def load_world() -> World:
    """The world that this template is about. Raises PermissionError or ValueError where the seed may not be read."""
    return World.from_seed(int(SEED_FILE.read_text(encoding="ascii"), 16))


def _tail(highest: float, exponent: float, count: int) -> NDArray[np.float64]:
    return highest * np.arange(1, count + 1) ** -exponent
