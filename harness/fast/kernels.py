"""kernels.c on tensors. Each function wants CPU tensors, which `usable` tells; shapes are checked, for C does not."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from harness.fast import compiled

SMALL = 1 << 15  # numbers: below that, waking a second thread costs more than it saves


class ByLatent(NamedTuple):
    """The entries of sparse codes in the order of their latents: those of latent i are order[begin[i]:begin[i + 1]]."""

    order: Tensor  # [batch · k] int32, places in the flattened indices
    begin: Tensor  # [d_sae + 1] int32


class AdamStep(NamedTuple):
    """The constants of one step of Adam on one parameter."""

    scale: (
        Tensor  # what gradients are multiplied by (clipping): a scalar on the parameter's device, NaN where not finite
    )
    betas: tuple[float, float]
    rate: float  # lr / (1 - beta_1^t)
    root_correction: float  # sqrt(1 - beta_2^t)
    epsilon: float


def usable(*tensors: Tensor) -> bool:
    """Whether these tensors can be given to the kernels: float32 on the CPU, and the library is there."""
    return (
        all(tensor.dtype == torch.float32 and tensor.device.type == "cpu" for tensor in tensors)
        and compiled.library() is not None
    )


def top_k(pre: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """Indices [batch, k] int64 and ReLU'd values [batch, k] float32 of the k largest entries; pre float32 or bfloat16."""
    rows, columns = pre.shape
    if not 0 < k <= columns:
        raise ValueError(f"top_k: k {k} does not fit {columns} latents")
    pre = pre.detach().contiguous()
    indices, values = torch.empty(rows, k, dtype=torch.int64), torch.empty(rows, k)
    # Few groups: cheap to search for the threshold. Many: few entries to look at again. 16 a code is about the best.
    lanes = min(columns, max(k, 1 << (16 * k - 1).bit_length()))
    lanes = lanes if 4 * lanes <= columns else max(k, columns // 4)
    failed = _library().top_k(
        _at(pre),
        int(pre.dtype == torch.bfloat16),
        _n(rows),
        _n(columns),
        _n(k),
        _n(lanes),
        _at(indices),
        _at(values),
        _threads(pre),
    )
    if failed:
        raise MemoryError("top_k: no memory for a row's work space")
    return indices, values


def sort_by_latent(indices: Tensor, d_sae: int) -> ByLatent:
    """Indices [batch, k] sorted by latent; within a latent they stay in the order of the batch."""
    indices = indices.contiguous()
    order = torch.empty(indices.numel(), dtype=torch.int32)
    begin = torch.empty(d_sae + 1, dtype=torch.int32)
    failed = _library().sort_by_latent(_at(indices), _n(indices.numel()), _n(d_sae), _at(order), _at(begin))
    if failed:
        raise IndexError(f"codes name a latent outside 0 to {d_sae - 1}")
    return ByLatent(order, begin)


def decode(indices: Tensor, values: Tensor, W_dec: Tensor) -> Tensor:
    """Σ_j value_j · W_dec[index_j] for each input: [batch, d_in]. Torch's own: it reads each row once."""
    return embedding_bag(indices, W_dec, per_sample_weights=values, mode="sum")


def gather_rows(rows: Tensor, coefficients: Tensor, by_latent: ByLatent) -> tuple[Tensor, Tensor]:
    """Cᵀ · rows [d_sae, d_in] and the column sums of C [d_sae], where C is the sparse matrix of the codes' coefficients.

    rows [batch, d_in], coefficients [batch, k].
    """
    d_sae, (batch, d_in), k = len(by_latent.begin) - 1, rows.shape, coefficients.shape[1]
    _fits(coefficients.shape == (batch, k) and by_latent.order.numel() == batch * k, "gather_rows")
    rows, coefficients = rows.contiguous(), coefficients.contiguous()
    into_W, into_b = torch.empty(d_sae, d_in), torch.empty(d_sae)
    _library().gather_rows(
        _at(rows),
        _at(coefficients),
        _at(by_latent.order),
        _at(by_latent.begin),
        _n(d_sae),
        _n(d_in),
        _n(k),
        _at(into_W),
        _at(into_b),
        _threads(into_W),
    )
    return into_W, into_b


def decode_backward(above: Tensor, W_dec: Tensor, values: Tensor, indices: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of W_dec [d_sae, d_in] and of the codes' values [batch, k], from that of x̂ [batch, d_in]."""
    (d_sae, d_in), (batch, k) = W_dec.shape, values.shape
    _fits(above.shape == (batch, d_in) and indices.shape == (batch, k), "decode_backward")
    by_latent = sort_by_latent(indices, d_sae)
    above, W_dec, values = above.contiguous(), W_dec.contiguous(), values.contiguous()
    into_W, into_values = torch.empty(d_sae, d_in), torch.empty(batch, k)
    _library().decode_backward(
        _at(above),
        _at(W_dec),
        _at(values),
        _at(by_latent.order),
        _at(by_latent.begin),
        _n(d_sae),
        _n(d_in),
        _n(k),
        _at(into_W),
        _at(into_values),
        _threads(into_W),
    )
    return into_W, into_values


def row_products(gradient: Tensor, weights: Tensor, columns: int) -> Tensor:
    """g·g, g·w and w·w [rows, 3] of each row of `columns` numbers (the last may be shorter); both tensors contiguous."""
    products = torch.empty(-(-weights.numel() // columns), 3)
    _library().row_products(
        _at(gradient), _at(weights), _n(weights.numel()), _n(columns), _at(products), _threads(weights)
    )
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
    """One step of Adam on rows of `columns` numbers, in place; see kernels.c. All tensors contiguous."""
    mean, square = moments
    numbers = (step.scale.item(), *step.betas, step.rate, step.root_correction, step.epsilon)
    _library().adam_rows(
        _at(weights),
        _at(gradient),
        _at(mean),
        _at(square),
        _n(weights.numel()),
        _n(columns),
        _at(products),
        *map(ctypes.c_double, numbers),
        int(unit),
        _threads(weights),
    )


def _library() -> Any:
    found = compiled.library()
    if found is None:
        raise RuntimeError("the kernels are not there: ask usable() first")
    return found


def _at(tensor: Tensor) -> ctypes.c_void_p:
    return ctypes.c_void_p(tensor.data_ptr())


def _n(number: int) -> ctypes.c_long:
    return ctypes.c_long(number)


def _threads(largest: Tensor) -> int:
    return 1 if largest.numel() < SMALL else torch.get_num_threads()


def _fits(holds: bool, where: str) -> None:
    if not holds:
        raise ValueError(f"{where}: the shapes do not fit one another")
