"""Ours, the bare products of the encoder, and the protocol that every contestant follows."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

import experiment
from benchmarks.problem import BETAS, MAX_GRAD_NORM, Problem, Weights
from harness.fast import compiled
from harness.optim import UnitNormAdam
from harness.sae import DeadLatents

PRECISIONS = ("float32", "bfloat16")


class Contestant(Protocol):
    """Something that trains one TopK SAE."""

    differs: str  # in what it is not the same maths as ours; empty where it is

    def step(self, x: Tensor) -> None:
        """One whole training step on a batch [batch, d_in]."""

    def weights(self) -> Weights | None:
        """What has been trained so far; None for something that does not learn."""


Entry = Callable[[Problem, str], Contestant]  # (problem, precision) → a new contestant


class Ours:
    """experiment.py's own SAE, loss and optimiser."""

    differs = ""

    def __init__(self, problem: Problem, precision: str) -> None:
        shape = problem.shape
        self._lr = shape.lr
        settings = experiment.Settings(d_sae=shape.d_sae, k=shape.k, precision=precision, dead_after_tokens=10**12)
        self._sae = experiment.TopKSAE(shape.d_in, settings, torch.zeros(shape.d_in)).to(shape.device)
        with torch.no_grad():
            for name, tensor in problem.initial()._asdict().items():
                getattr(self._sae, name).copy_(tensor)
        self._optimizer = UnitNormAdam(
            self._sae.parameters(), unit_rows=[self._sae.W_dec], max_grad_norm=MAX_GRAD_NORM, betas=BETAS
        )
        self._dead = DeadLatents(shape.d_sae, settings.dead_after_tokens, torch.device(shape.device))

    def step(self, x: Tensor) -> None:
        out = self._sae(x)
        self._dead.update(out.codes)
        torch.stack(list(self._sae.loss_terms(out, self._dead.mask, 0.5).values())).sum().backward()
        self._optimizer.step(self._lr)

    def weights(self) -> Weights:
        return Weights(*(getattr(self._sae, name).detach() for name in Weights._fields))


class OursWithoutCompiler(Ours):
    """The same on a machine that has no C compiler."""

    differs = "harness.fast switched off"

    def step(self, x: Tensor) -> None:
        found, compiled.library = compiled.library, lambda: None  # type: ignore[assignment]
        try:
            super().step(x)
        finally:
            compiled.library = found


class EncoderProducts:
    """The limit: x W_encᵀ and, with `backward`, the dense product that gives the gradient of W_enc. Nothing else."""

    differs = "no training: matrix products alone"

    def __init__(self, problem: Problem, precision: str, backward: bool) -> None:
        self._dtype = getattr(torch, precision)
        self._W = problem.initial().W_enc.to(self._dtype)
        self._backward = backward

    def step(self, x: Tensor) -> None:
        x = x.to(self._dtype)
        pre = x @ self._W.T
        if self._backward:
            pre.T @ x

    def weights(self) -> None:
        return None


OURS: dict[str, Entry] = {"labloop": Ours, "labloop, no compiler": OursWithoutCompiler}
LIMITS: dict[str, Entry] = {
    "encoder product, forward": functools.partial(EncoderProducts, backward=False),
    "encoder products, forward and backward": functools.partial(EncoderProducts, backward=True),
}
