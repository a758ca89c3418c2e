"""Which kernels a tensor is given to: C on the CPU, Triton on a GPU, none where neither can be had (then torch does it)."""

from __future__ import annotations

import functools
import logging
import os
from typing import Protocol, cast

import torch
from torch import Tensor

from harness.fast import gpu_kernels, kernels
from harness.fast.kernels import AdamStep, ByLatent

log = logging.getLogger(__name__)

OFF = "LABLOOP_TRITON"  # 0 in the environment: torch's own operations on a GPU


class Kernels(Protocol):
    """What both kinds do: `harness.fast.kernels` and `harness.fast.gpu_kernels`."""

    def top_k(self, pre: Tensor, k: int) -> tuple[Tensor, Tensor]: ...
    def decode(self, indices: Tensor, values: Tensor, W_dec: Tensor) -> Tensor: ...
    def sort_by_latent(self, indices: Tensor, d_sae: int) -> ByLatent: ...
    def gather_rows(self, rows: Tensor, coefficients: Tensor, by_latent: ByLatent) -> tuple[Tensor, Tensor]: ...
    def decode_backward(
        self, above: Tensor, W_dec: Tensor, values: Tensor, indices: Tensor
    ) -> tuple[Tensor, Tensor]: ...
    def row_products(self, gradient: Tensor, weights: Tensor, columns: int) -> Tensor: ...
    def adam_rows(
        self,
        weights: Tensor,
        gradient: Tensor,
        moments: tuple[Tensor, Tensor],
        products: Tensor,
        columns: int,
        step: AdamStep,
        unit: bool,
    ) -> None: ...


def kernels_for(first: Tensor, *others: Tensor) -> Kernels | None:
    """The kernels that these tensors can be given to; None: torch. All must be float32 on one kind of device.

    `first` may be bfloat16 where it is alone: pre-activations, of which the largest are looked for.
    """
    types = (torch.float32, torch.bfloat16) if not others else (torch.float32,)
    if first.dtype not in types or any(each.dtype != torch.float32 for each in others):
        return None
    kind = first.device.type
    if any(each.device.type != kind for each in others):
        return None
    if interpreted() and kind == "cpu":
        return cast(Kernels, gpu_kernels)
    if kind == "cpu":
        return cast(Kernels, kernels) if kernels.usable() else None
    if kind == "cuda" and os.environ.get(OFF, "1") != "0" and _trusted(first.device.index or 0):
        return cast(Kernels, gpu_kernels)
    return None


def interpreted() -> bool:
    """Whether Triton's interpreter stands in for a GPU (TRITON_INTERPRET=1): for tests, a thousand times slower."""
    return os.environ.get("TRITON_INTERPRET") == "1" and gpu_kernels.installed()


@functools.cache
def _trusted(device: int) -> bool:
    """Whether the kernels compile on this GPU and give torch's numbers there: tried once, on little. Else it is said."""
    if not gpu_kernels.installed():
        return False
    try:
        wrong = disagreement(torch.device("cuda", device))
    except Exception as error:  # whatever a compiler or a driver may raise: training goes on without
        wrong = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"
    if wrong:
        log.warning("Triton's kernels are not used on this GPU (torch's operations are): %s", wrong)
    return not wrong


def disagreement(device: torch.device) -> str:
    """Where the GPU's kernels and torch differ on a small example, in words; empty where they agree."""
    make = torch.Generator().manual_seed(0)
    batch, k, d_sae, d_in = 70, 4, 96, 40
    pre = torch.randn(batch, d_sae, generator=make).to(device)
    rows, weights = torch.randn(batch, d_in, generator=make).to(device), torch.randn(d_sae, d_in, generator=make)
    weights = torch.nn.functional.normalize(weights, dim=1).to(device)
    indices, values = gpu_kernels.top_k(pre, k)
    expected = pre.topk(k, dim=1).values.relu()
    if not torch.equal(values.sort(1, descending=True).values, expected):
        return "top_k chooses other entries"
    dense = torch.zeros_like(pre).scatter(1, indices, values)
    if not _close(gpu_kernels.decode(indices, values, weights), dense @ weights):
        return "decode differs"
    into_W, into_values = gpu_kernels.decode_backward(rows, weights, values, indices)
    if not _close(into_W, dense.T @ rows) or not _close(into_values, (rows @ weights.T).gather(1, indices)):
        return "decode_backward differs"
    moments = (torch.zeros_like(weights), torch.zeros_like(weights))
    products = gpu_kernels.row_products(into_W, weights, d_in)
    there = weights.clone()
    step = AdamStep(torch.ones((), device=device), (0.9, 0.999), rate=0.1, root_correction=0.03, epsilon=1e-8)
    gpu_kernels.adam_rows(there, into_W, moments, products, d_in, step, True)
    along = into_W - (into_W * weights).sum(1, keepdim=True) * weights
    moved = weights - 0.1 * (0.1 * along) / ((0.001 * along * along).sqrt() / 0.03 + 1e-8)
    return "" if _close(there, torch.nn.functional.normalize(moved, dim=1)) else "adam_rows differs"


def _close(found: Tensor, expected: Tensor) -> bool:
    return torch.allclose(found, expected, rtol=1e-3, atol=1e-4)
