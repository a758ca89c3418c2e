"""triton_code on tensors: what `kernels` is on the CPU, with the same functions. `usable` tells what it can be given."""

from __future__ import annotations

import functools
import importlib.util
import math
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from harness.fast.kernels import AdamStep, ByLatent

PIECE = 8_192  # columns of which the k largest are looked for at once: a row of them stays in registers
BAG = 64  # entries of one latent that are added up in one go; more are added in pieces
WIDEST = 8_192  # numbers of a row that the optimiser holds in registers


def top_k(pre: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Indices [batch, k] int64 and ReLU'd values [batch, k] float32 of the k largest entries; pre float32 or bfloat16.

    Of equal entries the first are taken. Raises ValueError where k does not fit.
    """
    rows, columns = pre.shape
    if not 0 < k <= columns:
        raise ValueError(f"top_k: k {k} does not fit {columns} latents")
    lowest = 16 if pre.dtype == torch.bfloat16 else 0  # the lower half of a bfloat16's bits is empty
    values, names = pre.detach().contiguous(), pre.new_zeros((0,), dtype=torch.int64)
    width = max(_power_of_two(4 * k), PIECE)  # of a piece at most a quarter goes on
    first = True
    while first or columns > k:
        pieces = -(-columns // width)
        out = values.new_full((rows, pieces * k), -math.inf, dtype=torch.float32)
        out_names = torch.zeros_like(out, dtype=torch.int64)
        across = min(width, _power_of_two(columns))
        _code().select[rows, pieces](
            values, names, out, out_names, columns, k, across, lowest, not first, num_warps=_warps(across)
        )
        values, names, columns, first = out, out_names, pieces * k, False
    return names, values.relu()


def decode(indices: Tensor, values: Tensor, W_dec: Tensor) -> Tensor:
    """Σ_j value_j · W_dec[index_j] for each input: [batch, d_in] float32."""
    (batch, k), d_in = values.shape, W_dec.shape[1]
    _fits(indices.shape == values.shape, "decode")
    indices, values, W_dec = indices.contiguous(), values.contiguous(), W_dec.contiguous()
    out = values.new_empty(batch, d_in)
    width = _across(d_in)
    _code().decode[batch, -(-d_in // width)](indices, values, W_dec, out, k, d_in, width)
    return out


def sort_by_latent(indices: Tensor, d_sae: int) -> ByLatent:
    """Indices [batch, k] sorted by latent; within a latent they stay in the order of the batch. Nothing waits for the GPU."""
    ordered, order = indices.flatten().sort(stable=True)
    begin = torch.searchsorted(ordered, torch.arange(d_sae + 1, device=indices.device))
    return ByLatent(order, begin)


def gather_rows(rows: Tensor, coefficients: Tensor, by_latent: ByLatent) -> tuple[Tensor, Tensor]:
    """Cᵀ · rows [d_sae, d_in] and the column sums of C [d_sae], where C is the sparse matrix of the codes' coefficients.

    rows [batch, d_in], coefficients [batch, k].
    """
    begin, order = by_latent.begin, by_latent.order
    d_sae, (batch, d_in), k = len(begin) - 1, rows.shape, coefficients.shape[1]
    _fits(coefficients.shape == (batch, k) and order.numel() == batch * k, "gather_rows")
    rows, coefficients = rows.contiguous(), coefficients.contiguous()
    into_w, into_b = rows.new_empty(d_sae, d_in), rows.new_empty(d_sae)
    entries = begin.diff()
    pieces = (entries + BAG - 1).div(BAG, rounding_mode="floor").clamp_min(1)
    in_parts = pieces.where(pieces > 1, 0)
    most, parts = d_sae + order.numel() // BAG, max(1, 2 * order.numel() // BAG)  # as many as there can be
    part_w, part_b = rows.new_empty(parts, d_in), rows.new_empty(parts)

    ends = pieces.cumsum(0)
    number = torch.arange(most, device=rows.device)
    latent = torch.searchsorted(ends, number, right=True)
    there = latent < d_sae
    latent = latent.clamp_max(d_sae - 1)
    nth = number - (ends - pieces)[latent]
    first = begin[latent] + nth * BAG
    last = torch.minimum(first + BAG, begin[latent + 1]).where(there, first)
    part_ends = in_parts.cumsum(0)
    part_firsts = part_ends - in_parts
    target = torch.where(pieces[latent] > 1, d_sae + part_firsts[latent] + nth, latent).where(there, -1)

    width = _across(d_in)
    across, code = -(-d_in // width), _code()
    code.gather_pieces[most, across](
        rows, coefficients, order, first, last, target, into_w, into_b, part_w, part_b, d_sae, k, d_in, width
    )
    code.add_parts[d_sae, across](part_w, part_b, part_firsts, part_ends, into_w, into_b, d_in, width)
    return into_w, into_b


def decode_backward(above: Tensor, W_dec: Tensor, values: Tensor, indices: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of W_dec [d_sae, d_in] and of the codes' values [batch, k], from that of x̂ [batch, d_in]."""
    (d_sae, d_in), (batch, k) = W_dec.shape, values.shape
    _fits(above.shape == (batch, d_in) and indices.shape == values.shape, "decode_backward")
    above, W_dec, indices = above.contiguous(), W_dec.contiguous(), indices.contiguous()
    into_values = values.new_empty(batch, k)
    _code().row_dots[batch, k](indices, above, W_dec, into_values, k, d_in, _across(d_in))
    into_w, _ = gather_rows(above, values, sort_by_latent(indices, d_sae))
    return into_w, into_values


def row_products(gradient: Tensor, weights: Tensor, columns: int) -> Tensor:
    """g·g, g·w and w·w [rows, 3] of each row of `columns` numbers (the last may be shorter); both tensors contiguous."""
    rows = -(-weights.numel() // columns)
    products = weights.new_empty(rows, 3)
    _code().row_products[(rows,)](gradient, weights, products, weights.numel(), columns, _across(columns))
    return products


def adam_rows(
    weights: Tensor,
    gradient: Tensor,
    moments: tuple[Tensor, Tensor],
    products: Tensor,
    columns: int,
    step: AdamStep,
    unit: bool,
) -> None:
    """One step of Adam on rows of `columns` numbers, in place. `step.scale` stays on the GPU: no step waits for it."""
    _fits(columns <= WIDEST, "adam_rows")
    numbers = weights.numel()
    mean, square = moments
    beta_1, beta_2 = step.betas
    _code().adam_rows[(-(-numbers // columns),)](
        weights,
        gradient,
        mean,
        square,
        products,
        step.scale.float(),
        numbers,
        columns,
        1 - beta_1,
        beta_2,
        1 - beta_2,
        step.rate,
        step.root_correction,
        step.epsilon,
        _power_of_two(columns),
        unit,
        num_warps=_warps(columns),
    )


@functools.cache
def _code() -> ModuleType | Any:
    from harness.fast import triton_code

    return triton_code


def installed() -> bool:
    """Whether Triton is there: it comes with torch's builds for GPUs alone."""
    return importlib.util.find_spec("triton") is not None


def _power_of_two(least: int) -> int:
    return 1 << max(0, least - 1).bit_length()


def _across(columns: int) -> int:
    """Columns that one program works at once: no more than a row has, and not so many that they leave the registers."""
    return min(1024, max(16, _power_of_two(columns)))


def _warps(columns: int) -> int:
    """Groups of 32 threads for a program that holds so many columns: 16 columns a thread where that goes."""
    return min(16, max(4, _power_of_two(columns) // 512))


def _fits(holds: bool, where: str) -> None:
    if not holds:
        raise ValueError(f"{where}: the shapes do not fit one another")
