"""The rows of one launch, in an order that its seed decides and nothing that the experiment does can change."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from harness.pool import Samples, Stream, fits_in_memory, stream


def order_of(seed: int, d_sae: int, d_in: int) -> torch.Generator:
    """The generator from which batches are drawn: as torch's stands when an SAE of this size has its initial weights.

    So the batches are those that the template's own code has drawn ever since; every kind of SAE here begins with
    `torch.manual_seed(seed)` and `torch.randn(d_sae, d_in)`.
    """
    order = torch.Generator().manual_seed(seed)
    torch.randn(d_sae, d_in, generator=order)
    return order


class InMemory:
    """Rows [tokens, d_in] that memory holds, drawn with replacement."""

    def __init__(self, rows: Any, order: torch.Generator) -> None:
        self._rows = torch.from_numpy(np.array(rows))
        self._order = order

    def take(self, count: int) -> list[Tensor]:
        """The next `count` rows, as one part."""
        return [self._rows[torch.randint(len(self._rows), (count,), generator=self._order)]]


class Supply:
    """Batches and samples of the rows [tokens, d_in]; counted by whoever asks."""

    def __init__(self, rows: Any, order: torch.Generator) -> None:
        self._rows, self._order = rows, order
        self._stream: Stream | None = InMemory(rows, order) if fits_in_memory(rows) else None
        self._samples: Samples | None = None
        self._ready: list[Tensor] = []

    def take(self, count: int) -> list[Tensor]:
        """The next `count` rows, as parts [n, d_in] of float16."""
        parts, needed = [], count
        while needed and self._ready:
            first = self._ready.pop(0)
            if len(first) > needed:
                self._ready.insert(0, first[needed:])
            parts.append(first[:needed])
            needed -= len(parts[-1])
        return parts + (self._stream_now().take(needed) if needed else [])

    def give_back(self, rows: Tensor) -> None:
        """Rows that were taken and not handed out: they are the next."""
        self._ready.insert(0, rows)

    def sample(self, count: int) -> Tensor:
        """Rows [count, d_in] for a statistic. Raises DataError where there are none left."""
        self._samples = self._samples or Samples(self._rows)
        return torch.from_numpy(self._samples.take(count))

    def _stream_now(self) -> Stream:
        """Opened by the first draw: a language model may have to be loaded for it."""
        if self._stream is None:
            self._stream = stream(self._rows, self._order)
        return self._stream
