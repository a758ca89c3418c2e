"""The activations that an SAE is trained on, handed out in batches."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from harness.activations import Activations

IN_MEMORY_BYTES = 4_000_000_000


class Pool:
    """Rows [tokens, d_in], multiplied by `scale` as they are drawn, on `device`.

    What fits is kept in memory as float32; beyond that, rows are read from the memory-mapped file as they are drawn.
    """

    def __init__(self, rows: Any, mean: Tensor, scale: float, device: torch.device) -> None:
        self.tokens, self.d_in = rows.shape
        self.scale = scale
        self.device = device
        self.mean = mean.to(device) * scale  # [d_in] of what is drawn
        self._file = rows
        self._rows: Tensor | None = None
        if 4 * self.tokens * self.d_in <= IN_MEMORY_BYTES:
            self._rows = torch.tensor(rows, dtype=torch.float32, device=device) * scale

    @classmethod
    def of(cls, activations: Activations, device: torch.device) -> Pool:
        """Activations, scaled so that their mean L2 norm is √d_in."""
        scale = math.sqrt(activations.data.shape[1]) / activations.norm
        return cls(activations.data, torch.from_numpy(activations.mean), scale, device)

    def draw(self, batch_size: int) -> Tensor:
        """`batch_size` activations drawn at random (with replacement, by torch's seed): [batch_size, d_in] float32."""
        chosen = torch.randint(self.tokens, (batch_size,))
        if self._rows is not None:
            return self._rows[chosen.to(self.device)]
        rows = torch.tensor(self._file[chosen.sort().values.numpy()])
        return rows.to(self.device, torch.float32) * self.scale
