"""Adam for SAEs: clipping, the step, and decoder rows kept at length 1, in one place."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn.functional import normalize


class UnitNormAdam:
    """Adam (Kingma & Ba 2015) that keeps the rows of `unit_rows` at length 1.

    A step: of the gradient of each such row the part along the row is removed (it would only be undone), gradients are
    scaled down where their common L2 norm exceeds `max_grad_norm`, Adam's update is made, and rows are brought back to
    length 1. Gradients are freed afterwards.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        unit_rows: Iterable[Tensor] = (),
        max_grad_norm: float = 1.0,
        betas: tuple[float, float] = (0.9, 0.999),
    ) -> None:
        self.parameters = list(parameters)
        self.unit_rows = list(unit_rows)
        self.max_grad_norm = max_grad_norm
        self._adam = torch.optim.Adam(self.parameters, betas=betas)

    @torch.no_grad()
    def step(self, lr: float) -> None:
        """One update with learning rate `lr`."""
        for rows in self.unit_rows:
            if rows.grad is not None:
                rows.grad -= (rows.grad * rows).sum(1, keepdim=True) * rows
        torch.nn.utils.clip_grad_norm_(self.parameters, self.max_grad_norm)
        for group in self._adam.param_groups:
            group["lr"] = lr
        self._adam.step()
        self._adam.zero_grad(set_to_none=True)
        for rows in self.unit_rows:
            rows.copy_(normalize(rows, dim=1))
