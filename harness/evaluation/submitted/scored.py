"""The submitted SAE as the evals run it: one class for every architecture, built from checked tensors alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import torch
from torch import Tensor, nn

from harness.evaluation.submitted.architectures import is_transcoder

Function = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Programs:
    """An exported SAE, which a weight file cannot describe (harness/programs/program.py)."""

    encode: Function  # [batch, d_in] → [batch, d_sae]
    decode: Function


class ScoredSAE(nn.Module):
    """encode [..., d_in] → latents [..., d_sae], never negative; decode back. The equations are SAELens 6.54.12's.

    With y = (x − b_dec) W_enc (without b_dec where cfg.json says so) and x̂ = z W_dec + b_dec:
    topk       z = the k largest of ReLU(y + b_enc)
    standard   z = ReLU(y + b_enc)
    jumprelu   z = ReLU(y + b_enc) where y + b_enc > threshold
    gated      z = ReLU(exp(r_mag) y + b_mag) where y + b_gate > 0
    program    z and x̂ are the exported program's; W_dec is there where decoding is linear

    A transcoder (architectures that end so) reads x and predicts y, with y = x W_enc and ŷ = z W_dec + b_dec, + x W_skipᵀ where
    it has a skip connection; z is standard's or jumprelu's. Its rows are pairs: `pair` takes them apart, `rebuilt` gives ŷ.
    """

    cfg: Any  # sae-bench's description of the SAE (upstream/)

    def __init__(
        self,
        architecture: str,
        tensors: Mapping[str, Tensor],
        k: int | None = None,
        subtract_b_dec: bool = True,
        programs: Programs | None = None,
    ) -> None:
        super().__init__()
        self.architecture, self.k, self.programs = architecture, k, programs
        self.subtract_b_dec = subtract_b_dec
        self.register_buffer("_place", torch.zeros(0))  # tells device and precision
        for name, tensor in tensors.items():
            self.register_parameter(name, nn.Parameter(tensor, requires_grad=False))
        if architecture == "gated":
            self.b_enc = self.b_mag  # the bias that sae-bench reports

    @property
    def reads_pairs(self) -> bool:
        """Whether what it gives is held against something else than what it reads."""
        return is_transcoder(self.architecture)

    def pair(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """What it reads, and what it is to give, of rows [..., d_in] or, where these are pairs, [..., d_in + d_out]."""
        if self.reads_pairs:
            read, wanted = rows.split([len(self.W_enc), len(self.b_dec)], dim=-1)
            return read, wanted
        return rows, rows

    def rebuilt(self, codes: Tensor, read: Tensor) -> Tensor:
        """What it gives for latents [..., d_sae] of what it read [..., d_in]."""
        skipped = getattr(self, "W_skip", None)
        return self.decode(codes) if skipped is None else self.decode(codes) + read.to(self.dtype) @ skipped.T

    @property
    def device(self) -> torch.device:
        return cast("Tensor", self._place).device

    @property
    def dtype(self) -> torch.dtype:
        return cast("Tensor", self._place).dtype

    def encode(self, x: Tensor) -> Tensor:
        """Latents [..., d_sae] of inputs [..., d_in], in the SAE's precision."""
        x = x.to(self.dtype)
        if self.programs is not None:
            return self._run(self.programs.encode, x)
        y = (x - self.b_dec if self.subtract_b_dec and not self.reads_pairs else x) @ self.W_enc
        if self.architecture == "gated":
            return ((y + self.b_gate) > 0) * (self.r_mag.exp() * y + self.b_mag).relu()
        pre = y + self.b_enc
        if self.architecture.startswith("jumprelu"):
            return pre.relu() * (pre > self.threshold)
        if self.architecture == "standard" or self.reads_pairs:
            return pre.relu()
        values, indices = pre.relu().topk(cast("int", self.k), dim=-1, sorted=False)
        return torch.zeros_like(pre).scatter_(-1, indices, values)

    def decode(self, codes: Tensor) -> Tensor:
        """Reconstructions [..., d_in] of latents [..., d_sae]."""
        if self.programs is not None:
            return self._run(self.programs.decode, codes)
        return codes @ self.W_dec + self.b_dec

    def _run(self, function: Function, x: Tensor) -> Tensor:
        """A program's value; it computes in float32, whatever the precision asked for."""
        return function(x.float().flatten(0, -2)).unflatten(0, x.shape[:-1]).to(self.dtype)

    def forward(self, x: Tensor) -> Tensor:
        return self.rebuilt(self.encode(x), x)
