"""How well latents recover the true features: each score, from codes and truth alone.

Every feature is matched with one latent, one to one, so that the sum of their correlations over held-out inputs is the
highest possible (the Hungarian algorithm). The order of the latents therefore changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from judge.world import Array, World

SPLIT_COSINE = 0.7
"""A latent whose decoder direction is nearer than this to a feature's stands for that feature."""
ABSORBED_PART = 0.5
"""Of the parent's magnitude, what a child's latent must write for the parent to count as absorbed."""


@dataclass(frozen=True)
class Recovery:
    """One number for each true feature (or tree, or latent); the metrics are means of these."""

    latent: NDArray[np.int64]  # [features], the matched latent; −1 where there are fewer latents than features
    correlation: Array  # [features], of the matched latent's activation with the feature's magnitude; 0 where unmatched
    f1: Array  # [features], of the matched latent being on against the feature firing; 0 where unmatched
    cosine: Array  # [features], highest cosine of any living latent's decoder direction with the feature's
    latents_for: NDArray[np.int64]  # [features], how many living latents stand for the feature
    absorbed: Array  # [children], part of the child's inputs on which its parent is absorbed; NaN where it never fires
    dead: float  # part of the latents that are on for no input


def recovery(world: World, magnitudes: Array, z: Array, W_dec: Array) -> Recovery:
    """Scores of codes z [inputs, d_sae] with decoder W_dec [d_sae, d_in] against magnitudes [inputs, features]."""
    correlation = correlations(magnitudes, z)
    features, latents = linear_sum_assignment(-correlation)
    latent = np.full(len(world.directions), -1)
    latent[features] = latents
    matched = np.zeros(len(latent), dtype=np.float32)
    matched[features] = correlation[features, latents]
    living = (z > 0).any(axis=0)
    cosines = world.directions @ _unit(W_dec).T  # [features, d_sae]
    cosines[:, ~living] = 0
    stands_for = cosines.argmax(axis=0)[cosines.max(axis=0) > SPLIT_COSINE]
    return Recovery(
        latent=latent,
        correlation=matched,
        f1=_f1(magnitudes > 0, z > 0, latent),
        cosine=cosines.max(axis=1),
        latents_for=np.bincount(stands_for, minlength=len(latent)),
        absorbed=_absorbed(world, magnitudes, z, W_dec, latent),
        dead=float(1 - living.mean()),
    )


def correlations(magnitudes: Array, z: Array) -> Array:
    """Pearson correlation [features, d_sae] of every feature with every latent; negative ones and dead latents count 0."""
    return np.clip(_standard(magnitudes).T @ _standard(z) / len(z), 0, 1).astype(np.float32)


def _f1(fires: NDArray[np.bool_], on: NDArray[np.bool_], latent: NDArray[np.int64]) -> Array:
    """2 · both / (latent on + feature fires), for each feature and its latent."""
    mine = on[:, latent] & (latent >= 0)
    either = mine.sum(axis=0) + fires.sum(axis=0)
    return (2 * (mine & fires).sum(axis=0) / np.maximum(either, 1)).astype(np.float32)


def _absorbed(world: World, magnitudes: Array, z: Array, W_dec: Array, latent: NDArray[np.int64]) -> Array:
    """For each child: of the inputs on which it fires, those on which its parent is absorbed.

    The parent p is absorbed on an input on which p and its child c fire when
      1. p's latent is off, and
      2. c's latent writes at least half of p: z · a ≥ ABSORBED_PART · m_p, where a is the part of p in the latent's decoder
         row, row = a d_p + b d_c + rest by least squares, and m_p is p's true magnitude.
    This is feature absorption as Chanin et al. 2024 (arXiv 2409.14507) describe it (the general latent fails to fire where
    a specific one has taken its direction), with the truth in place of their probe. No parent is left out: one that no
    latent stands for, because its children's latents write it, is absorbed.
    """
    found = []
    for child in np.flatnonzero(world.parent >= 0):
        parent, mine = world.parent[child], latent[child]
        where = magnitudes[:, child] > 0
        off = z[where, latent[parent]] <= 0 if latent[parent] >= 0 else np.ones(where.sum(), dtype=bool)
        basis = world.directions[[parent, child]].T  # [d_in, 2]
        part = np.linalg.lstsq(basis, W_dec[mine], rcond=None)[0][0] if mine >= 0 else 0.0
        writes = z[where, mine] * part >= ABSORBED_PART * magnitudes[where, parent]
        found.append((off & writes).mean() if where.any() else np.nan)
    return np.array(found, dtype=np.float32)


def _standard(values: Array) -> NDArray[np.float64]:
    """Columns with mean 0 and variance 1; a constant column becomes 0."""
    centred = values.astype(np.float64) - values.mean(axis=0, dtype=np.float64)
    spread = centred.std(axis=0)
    return np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 1e-6)


def _unit(rows: Array) -> Array:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
