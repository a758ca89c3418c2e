"""Averages over pairs of latents, and penalties on pairs of decoder directions, without a [d_sae, d_sae] matrix.

A sum over pairs written as in a paper costs O(d_sae²) memory, twice with autograd's tape (1 GB each at d_sae 16,384).
Here the pairs that matter are kept as lists, and the Gram matrix of the directions is worked through in blocks of rows
whose gradient is made on the way.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, cast

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from harness.fast import kernels, pair_kernels
from harness.grad import no_grad
from harness.pair_table import Pairs, PairTable
from harness.sae import sort_by_latent

BLOCK_ROWS = 256  # rows of the Gram matrix that are in memory at once
# Numbers of a [pairs, d_in] matrix that are in memory at once: few enough for a CPU's cache; for a GPU, few launches.
CHUNK_NUMBERS, CHUNK_NUMBERS_GPU = 1_000_000, 32_000_000
# A pair that is looked up costs as much as so many within a matrix product. On a CPU, compiled and with torch alone,
# measured; on a GPU reckoned: 32 d_in bytes at the memory's rate against 6 d_in float32 operations, on A100 to H200.
LIST_COST, LIST_COST_TORCH, LIST_COST_GPU = 5, 32, 64


class PairAverage:
    """A running average m_ij of a number for each pair, with a rate of its own for each pair; it starts at 0.

    m_ij ← m_ij + α_ij (x_ij − m_ij),   α_ij = min(most, times_ij / over),
    where times_ij counts the inputs so far, this batch included, in which i and j were both on. Pairs that were not on
    together in a batch have x_ij = 0. Memory: see PairTable; never a [d_sae, d_sae] matrix beyond `max_pairs`.
    """

    def __init__(self, d_sae: int, most: float = 0.1, over: float = 1000.0, max_pairs: int = 4_000_000) -> None:
        self.most = most
        self.over = over
        self._table = PairTable(d_sae, ("times", "mean"), max_pairs)

    def of(self, pairs: Pairs) -> Tensor:
        """m_ij [P] of these pairs; 0 where there is none yet."""
        places, there = self._table.find(pairs.keys)
        return torch.where(there, self._table["mean"][places], 0.0) if len(self._table.keys) else there.float()

    @no_grad
    def update(self, counts: Pairs, values: Tensor) -> None:
        """Take a batch into account: `counts` says how often its pairs were on together, `values` [P] is x_ij of them."""
        places, there = self._table.admit(counts)
        places = places[there]
        times, mean = self._table["times"], self._table["mean"]
        times.index_add_(0, places, counts.values[there])
        rate = (times / self.over).clamp_(max=self.most)
        mean -= rate * mean
        mean.index_add_(0, places, rate[places] * values[there])


def pair_penalty(W_dec: Tensor, weights: Tensor | Pairs, power: int = 1) -> Tensor:
    """(1/m) · Σ_{i>j} weights_ij · |f_iᵀf_j|^power, where f_i are the m rows of W_dec: a scalar with gradient to W_dec.

    `weights` is constant: a matrix [m, m] (of which (w_ij + w_ji)/2 is taken; the diagonal does not count), or Pairs.
    Divided by m, so that the value is what a latent pays and does not grow with the dictionary. Memory beyond the
    gradient: BLOCK_ROWS · m numbers. Raises ValueError for weights that do not fit, or a power other than 1 or 2.
    """
    m = len(W_dec)
    if power not in (1, 2):
        raise ValueError(f"pair_penalty: power is {power!r}; use 1 or 2")
    if isinstance(weights, Pairs):
        if len(weights.rows) and int(weights.rows.max()) >= m:
            raise ValueError(f"pair_penalty: pairs of latent {int(weights.rows.max())} do not fit {m} decoder rows")
        weights = Pairs(*(part.detach().to(W_dec.device) for part in (weights.rows, weights.columns, weights.values)))
        weights = weights.where(weights.values != 0)
    elif weights.shape != (m, m):
        raise ValueError(f"pair_penalty: weights {tuple(weights.shape)} do not fit {m} decoder rows")
    else:
        weights = weights.to(W_dec.device)
    return cast(Tensor, _PairSum.apply(W_dec, weights, power)) / m


class _PairSum(torch.autograd.Function):
    """Σ_{i>j} w_ij |f_iᵀf_j|^power; its gradient is made with the sum, so that no block has to be kept."""

    @staticmethod
    def forward(ctx: Any, directions: Tensor, weights: Tensor | Pairs, power: int) -> Tensor:
        m = len(directions)
        compiled = kernels.usable(directions)
        on_cpu = directions.device.type == "cpu"
        cost = LIST_COST if compiled else LIST_COST_TORCH if on_cpu else LIST_COST_GPU
        if isinstance(weights, Tensor) or cost * len(weights.rows) >= m * (m - 1) // 2:
            total, gradient = _blocks(directions, weights, power)
        elif compiled:
            listed = weights.rows, weights.columns, weights.values.float()
            total, gradient = pair_kernels.pair_sum(directions, *listed, power)
        else:
            total, gradient = _listed(directions, weights, power, CHUNK_NUMBERS if on_cpu else CHUNK_NUMBERS_GPU)
        ctx.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(ctx: Any, *above: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return above[0] * gradient, None, None


def _blocks(directions: Tensor, weights: Tensor | Pairs, power: int) -> tuple[Tensor, Tensor]:
    """The sum and its gradient by blocks of rows of the lower triangle: [BLOCK_ROWS, m] at a time."""
    total, gradient = directions.new_zeros(()), torch.zeros_like(directions)
    starts = range(0, len(directions), BLOCK_ROWS)
    parts = _by_block(weights, starts) if isinstance(weights, Pairs) else [weights] * len(starts)
    for start, part in zip(starts, parts, strict=True):
        end = min(start + BLOCK_ROWS, len(directions))
        rows, before = directions[start:end], directions[:end]
        gram = rows @ before.T  # [rows, end]
        slope = _block_weights(part, start, end, gram) * (gram.sign() if power == 1 else gram)
        total += (slope * gram).sum()
        slope *= power
        gradient[start:end].addmm_(slope, before)
        gradient[:end].addmm_(slope.T, rows)
    return total, gradient


def _by_block(pairs: Pairs, starts: range) -> list[Pairs]:
    """The pairs of each block of rows. Where they begin is asked for once: the host waits for a GPU each time it asks."""
    edges = torch.tensor([*starts, starts.stop], device=pairs.rows.device)
    return [
        Pairs(pairs.rows[first:last], pairs.columns[first:last], pairs.values[first:last])
        for first, last in pairwise(torch.searchsorted(pairs.rows, edges).tolist())
    ]


def _block_weights(weights: Tensor | Pairs, start: int, end: int, gram: Tensor) -> Tensor:
    """w [end − start, end] of one block of rows, its part below the diagonal alone; of pairs, those of the block."""
    if isinstance(weights, Tensor):
        block = (weights[start:end, :end] + weights[:end, start:end].T).detach() / 2
        return block.tril_(start - 1)
    block = torch.zeros_like(gram)
    places = (weights.rows - start) * end + weights.columns
    block.view(-1)[places] = weights.values.to(block.dtype)
    return block


def _listed(directions: Tensor, pairs: Pairs, power: int, chunk_numbers: int) -> tuple[Tensor, Tensor]:
    """The same pair by pair, for few of them: [chunk, d_in] at a time, and each row's gradient as one sum."""
    product = directions.new_empty(len(pairs.rows))
    chunk = max(1, chunk_numbers // directions.shape[1])
    for start in range(0, len(product), chunk):
        part = slice(start, start + chunk)
        high, low = directions[pairs.rows[part]], directions[pairs.columns[part]]  # [chunk, d_in]
        product[part] = torch.einsum("pd,pd->p", high, low)
    slope = pairs.values.to(product.dtype) * (product.sign() if power == 1 else product)
    total = (slope * product).sum()
    gradient = _sum_into(pairs.rows, pairs.columns, power * slope, directions)
    return total, gradient.add_(_sum_into(pairs.columns, pairs.rows, power * slope, directions))


def _sum_into(latents: Tensor, others: Tensor, slope: Tensor, directions: Tensor) -> Tensor:
    """Σ_p slope_p · directions[others_p] over the pairs of each latent: [m, d_in]."""
    order, begin = sort_by_latent(latents, len(directions))
    return embedding_bag(others[order], directions, begin, per_sample_weights=slope[order], mode="sum")
