"""pairs.c on tensors. Each function wants CPU tensors and the library (`harness.fast.kernels.usable`)."""

from __future__ import annotations

import torch
from torch import Tensor

from harness.fast.kernels import _at, _fits, _library, _n, _threads


def count_pairs(indices: Tensor, weights: Tensor, d_sae: int) -> tuple[Tensor, Tensor, Tensor]:
    """Rows, columns [P] int64 (row > column) and values [P] of the pairs that are on together: Σ weight_i · weight_j.

    indices [batch, k] int64, weights [batch, k] float32, 0 for what is off. Makes a triangle of d_sae(d_sae − 1)/2 numbers.
    """
    _fits(indices.shape == weights.shape, "count_pairs")
    (batch, k), total = indices.shape, d_sae * (d_sae - 1) // 2
    indices, weights = indices.contiguous(), weights.contiguous()
    triangle = torch.zeros(total)
    failed = _library().add_pairs(_at(indices), _at(weights), _n(batch), _n(k), _n(d_sae), _at(triangle))
    if failed:
        raise IndexError(f"codes name a latent outside 0 to {d_sae - 1}") if failed == 2 else MemoryError()
    most = min(total, batch * k * (k - 1) // 2)
    rows, columns = torch.empty(most, dtype=torch.int64), torch.empty(most, dtype=torch.int64)
    values = torch.empty(most)
    found = _library().list_pairs(_at(triangle), _n(d_sae), _at(rows), _at(columns), _at(values))
    return rows[:found], columns[:found], values[:found]


def pair_sum(directions: Tensor, rows: Tensor, columns: Tensor, weights: Tensor, power: int) -> tuple[Tensor, Tensor]:
    """Σ_p weights_p |f_r · f_c|^power over rows f of `directions` [m, d_in], and its gradient [m, d_in]; power 1 or 2.

    rows, columns [P] int64 below m (not checked), weights [P] float32.
    """
    _fits(rows.shape == columns.shape == weights.shape, "pair_sum")
    directions, rows, columns = directions.contiguous(), rows.contiguous(), columns.contiguous()
    weights = weights.contiguous()
    slopes, gradient = torch.empty(len(rows)), torch.zeros_like(directions)
    total = _library().pair_sum(
        _at(directions),
        _n(directions.shape[1]),
        _at(rows),
        _at(columns),
        _at(weights),
        _n(len(rows)),
        power,
        _at(slopes),
        _at(gradient),
        _threads(directions),
    )
    return directions.new_tensor(total), gradient
