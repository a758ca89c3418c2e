"""Adam for SAEs: clipping, the step, and decoder rows kept at length 1, in two passes over memory."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from harness.fast.chosen import Kernels, kernels_for
from harness.fast.gpu_kernels import WIDEST
from harness.fast.kernels import AdamStep
from harness.fast.memory import keep_freed_memory
from harness.grad import no_grad

PIECE = 4096  # numbers: a parameter that is not kept on the sphere is worked in pieces of so many
LEAST_NORM = 1e-6  # added to the gradients' norm before dividing by it, as torch does


@dataclass
class Moments:
    """What Adam remembers of one parameter."""

    mean: Tensor
    square: Tensor
    steps: int = 0


class UnitNormAdam:
    """Adam (Kingma & Ba 2015) that keeps the rows of `unit_rows` at length 1.

    A step: of the gradient of each such row the part along the row is removed (it would only be undone), gradients are
    scaled down where their common L2 norm exceeds `max_grad_norm`, Adam's update is made, and rows are brought back to
    length 1. Gradients are freed afterwards. A parameter without a gradient is left as it is.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        unit_rows: Iterable[Tensor] = (),
        max_grad_norm: float = 1.0,
        betas: tuple[float, float] = (0.9, 0.999),
        epsilon: float = 1e-8,
    ) -> None:
        keep_freed_memory()  # gradients as large as the weights are made and freed at every step
        self.parameters = list(parameters)
        self.max_grad_norm = max_grad_norm
        self.betas = betas
        self.epsilon = epsilon
        self._unit = {id(rows) for rows in unit_rows}
        self._moments: dict[int, Moments] = {}

    @no_grad
    def step(self, lr: float) -> None:
        """One update with learning rate `lr`."""
        given = [parameter for parameter in self.parameters if parameter.grad is not None]
        rows = [self._rows(parameter) for parameter in given]
        if not rows:
            return
        scale = self._scale([each.squared_norm() for each in rows])
        for parameter, each in zip(given, rows, strict=True):
            moments = self._moments_of(parameter)
            moments.steps += 1
            each.update(moments, self._constants(moments.steps, lr, scale))
            parameter.grad = None

    def _scale(self, squared_norms: list[Tensor]) -> Tensor:
        """What gradients are multiplied by; NaN where one is not finite. A scalar that stays where the gradients are:
        no step waits for a GPU to say it."""
        norm = functools.reduce(torch.add, squared_norms).sqrt()
        scale = (self.max_grad_norm / (norm + LEAST_NORM)).clamp_max(1.0)
        return scale.where(norm.isfinite(), math.nan)

    def _constants(self, steps: int, lr: float, scale: Tensor) -> AdamStep:
        beta_1, beta_2 = self.betas
        corrections = {"rate": lr / (1 - beta_1**steps), "root_correction": math.sqrt(1 - beta_2**steps)}
        return AdamStep(scale, self.betas, **corrections, epsilon=self.epsilon)

    def _moments_of(self, parameter: Tensor) -> Moments:
        if id(parameter) not in self._moments:
            self._moments[id(parameter)] = Moments(torch.zeros_like(parameter), torch.zeros_like(parameter))
        return self._moments[id(parameter)]

    def _rows(self, parameter: Tensor) -> FastRows | PlainRows:
        gradient = parameter.grad
        assert gradient is not None
        unit = id(parameter) in self._unit
        kernels = kernels_for(parameter, gradient) if parameter.is_contiguous() else None
        if kernels and (not unit or parameter.shape[-1] <= WIDEST):
            return FastRows(kernels, parameter, gradient.contiguous(), unit)
        return PlainRows(parameter, gradient, unit)


class FastRows:
    """A contiguous parameter, by the kernels: one pass over memory for the norm, one for all the rest."""

    def __init__(self, kernels: Kernels, weights: Tensor, gradient: Tensor, unit: bool) -> None:
        self.kernels = kernels
        self.weights, self.gradient, self.unit = weights, gradient, unit
        self.columns = weights.shape[-1] if unit else min(PIECE, weights.numel())
        self.products = kernels.row_products(gradient, weights, self.columns)

    def squared_norm(self) -> Tensor:
        """‖g‖², without the part along the row where rows are kept at length 1: a float64 scalar."""
        gg, gw, ww = self.products.double().unbind(1)
        return (gg - gw * gw * (2 - ww) if self.unit else gg).sum().clamp_min(0.0)

    def update(self, moments: Moments, step: AdamStep) -> None:
        both = (moments.mean, moments.square)
        self.kernels.adam_rows(self.weights, self.gradient, both, self.products, self.columns, step, self.unit)


class PlainRows:
    """The same with torch's operations: for other strides, and where there are no kernels."""

    def __init__(self, weights: Tensor, gradient: Tensor, unit: bool) -> None:
        self.weights, self.unit = weights, unit
        self.gradient = gradient
        if unit:
            self.gradient = gradient - (gradient * weights).sum(1, keepdim=True) * weights

    def squared_norm(self) -> Tensor:
        """‖g‖², without the part along the row where rows are kept at length 1: a float64 scalar."""
        return self.gradient.pow(2).sum().double()

    def update(self, moments: Moments, step: AdamStep) -> None:
        gradient, (beta_1, beta_2) = self.gradient * step.scale, step.betas
        moments.mean.lerp_(gradient, 1 - beta_1)
        moments.square.mul_(beta_2).addcmul_(gradient, gradient, value=1 - beta_2)
        below = moments.square.sqrt().div_(step.root_correction).add_(step.epsilon)
        self.weights.addcdiv_(moments.mean, below, value=-step.rate)
        if self.unit:
            self.weights.div_(self.weights.norm(dim=1, keepdim=True).clamp_min(1e-12))
