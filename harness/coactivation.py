"""Which latents are on together: counts from the sparse codes of a batch, and their moving average."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from harness.fast import kernels, pair_kernels
from harness.grad import no_grad
from harness.pair_table import Pairs, PairTable, pair_keys, pairs_of
from harness.sae import Codes

Measure = Literal["cosine", "jaccard", "conditional", "max"]
COUNTED_IN_PLACE = 4_000_000  # so many pairs are counted in a table; more are sorted


@dataclass(frozen=True)
class PairCounts(Pairs):
    """In how many inputs two latents were both on (`values`), and how often each was on."""

    single: Tensor  # [d_sae] float

    def normalised(self, measure: Measure = "cosine") -> Pairs:
        """n_ij in [0, 1] for the same pairs, by the formulas of `normalise_counts`."""
        one, other = (self.single.index_select(0, latents) for latents in (self.rows, self.columns))
        return self.with_values(_shares(self.values, one, other, measure))


def normalise_counts(counts: Tensor, measure: Measure = "cosine") -> Tensor:
    """n_ij in [0, 1], with a zero diagonal, from counts [m, m] with how often each latent is on in the diagonal.

    With N_ij the count of a pair and N_i that of one latent:
    cosine N_ij/√(N_i N_j) · jaccard N_ij/(N_i+N_j−N_ij) · conditional N_ij/min(N_i, N_j) · max N_ij/max_{a≠b} N_ab.
    A latent that is never on has n_ij = 0. Raises ValueError for another measure.
    """
    single = counts.diagonal()
    pairs = counts - torch.diag(single)
    return _shares(pairs, single.unsqueeze(1), single.unsqueeze(0), measure)


def _shares(counts: Tensor, one: Tensor, other: Tensor, measure: Measure) -> Tensor:
    """Counts of pairs over what they can be at most, given how often one and the other were on."""
    if measure == "cosine":
        below = (one * other).sqrt()
    elif measure == "jaccard":
        below = one + other - counts
    elif measure == "conditional":
        below = torch.minimum(one, other)
    elif measure == "max":
        below = counts.max().expand_as(counts) if counts.numel() else counts
    else:
        raise ValueError(f"unknown measure {measure!r}: use cosine, jaccard, conditional or max")
    return counts / below.clamp_min(1e-12)  # where nothing can be, nothing is: 0


def firing_frequency(codes: Codes, d_sae: int) -> Tensor:
    """[d_sae] float: the part of the batch's inputs for which each latent is on."""
    on = codes.indices[codes.values > 0]
    return torch.bincount(on, minlength=d_sae).float() / len(codes.indices)


def count_pairs(codes: Codes, d_sae: int, active: Tensor | None = None, valued: bool = False) -> PairCounts:
    """The pairs that are on together in the batch: N_ij = (AᵀA)_ij for the [batch, d_sae] matrix A of which is on.

    `active` [d_sae] bool: count these latents alone. `valued`: A holds how strongly instead of 1, as a constant.
    Memory goes with batch · k², not with d_sae².
    """
    values = codes.values.detach()
    if active is not None:
        values = values * active[codes.indices]
    weights = values if valued else (values > 0).float()
    single = torch.zeros(d_sae, device=values.device)
    single.index_add_(0, codes.indices.flatten(), (weights * weights).flatten())
    if d_sae * (d_sae - 1) // 2 <= COUNTED_IN_PLACE and kernels.usable(weights):
        return PairCounts(*pair_kernels.count_pairs(codes.indices, weights, d_sae), single)
    keys, weight = _batch_keys(codes.indices, weights)
    found, counts = _sum_by_key(keys, weight if valued else None, d_sae * (d_sae - 1) // 2)
    return PairCounts(*pairs_of(found), counts, single)


def coactivation_counts(codes: Codes, d_sae: int, active: Tensor | None = None, valued: bool = False) -> Tensor:
    """AᵀA as a dense matrix: [d_sae, d_sae], or [m, m] where `active` [d_sae] bool names m latents (in their order).

    As `count_pairs`, with the diagonal: how often i is on (valued: Σ of its squares).
    """
    counts = count_pairs(codes, d_sae, active, valued)
    rows, columns, single = counts.rows, counts.columns, counts.single
    if active is not None:
        place = active.cumsum(0) - 1  # of each latent among the active ones
        rows, columns, single = place[rows], place[columns], single[active]
    matrix = torch.diag(single)
    matrix[rows, columns] = matrix[columns, rows] = counts.values
    return matrix


class CoactivationEMA:
    """An exponential moving average of co-activation counts over batches, corrected for its start at zero.

    At most `max_pairs` pairs are kept (all of them up to d_sae 2,828), the least frequent ones leave first.
    """

    def __init__(self, d_sae: int, decay: float = 0.95, max_pairs: int = 4_000_000) -> None:
        self.decay = decay
        self._single = torch.zeros(d_sae)
        self._table = PairTable(d_sae, ("counts",), max_pairs)
        self._weight = 0.0

    @no_grad
    def update(self, codes: Codes) -> None:
        """Take one batch into account."""
        batch = count_pairs(codes, len(self._single))
        places, there = self._table.admit(batch)
        counts = self._table["counts"].mul_(self.decay)
        counts.index_add_(0, places[there], batch.values[there], alpha=1 - self.decay)
        self._single = self._single.to(batch.single.device) * self.decay + (1 - self.decay) * batch.single
        self._weight = self.decay * self._weight + 1 - self.decay

    @property
    def counts(self) -> PairCounts:
        """The average count per batch of each pair that is kept; all zero before the first update."""
        pairs, weight = self._table.pairs("counts"), self._weight or 1.0
        return PairCounts(pairs.rows, pairs.columns, pairs.values / weight, self._single / weight)

    def normalised(self, measure: Measure = "cosine") -> Pairs:
        """n_ij in [0, 1] for each pair that is kept (see PairCounts.normalised)."""
        return self.counts.normalised(measure)


def _batch_keys(indices: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """The key of each pair of places that are both on, [batch · k(k−1)/2] at most, and the product of their weights."""
    k = indices.shape[1]
    one, other = torch.tril_indices(k, k, -1, device=indices.device)
    places = indices.T.contiguous()  # [k, batch]: rows are copied whole
    first, second = places[one], places[other]
    keys = pair_keys(torch.maximum(first, second), torch.minimum(first, second))
    weights = weights.T.contiguous()
    weight = weights[one] * weights[other]
    both = weight > 0
    return (keys.flatten(), weight.flatten()) if bool(both.all()) else (keys[both], weight[both])


def _sum_by_key(keys: Tensor, weights: Tensor | None, total: int) -> tuple[Tensor, Tensor]:
    """Each key that occurs, sorted, and the sum of its weights (its count, where there are none)."""
    if total <= COUNTED_IN_PLACE:
        sums = torch.bincount(keys, weights, minlength=total).float()
        found = (sums > 0).nonzero().squeeze(1)
        return found, sums.index_select(0, found)
    found, inverse, counts = torch.unique(keys, return_inverse=True, return_counts=True)
    if weights is None:
        return found, counts.float()
    return found, torch.zeros(len(found), device=keys.device).index_add_(0, inverse, weights)
