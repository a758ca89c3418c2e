"""The activations that an SAE is trained on, handed out in batches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harness.activations import Activations
from harness.errors import ActivationsError
from harness.on_the_fly import Buffered, Unread

IN_MEMORY_BYTES = 4_000_000_000  # by size alone, so that a seed draws the same batches on every machine
CHUNK_BYTES = 1 << 20  # what is read from the file at once
GROUP_BYTES = 1 << 29  # of chunks from all over the file, whose rows are shuffled together


class Pool:
    """Rows [tokens, d_in], multiplied by `scale` as they are drawn, on `device`.

    What fits is kept in memory as float32. Beyond that, rows are streamed from the memory-mapped file in a random order,
    each once before any comes again (`Shuffled`); rows that are not kept at all are read as they are drawn (on_the_fly.py). For a GPU what is copied to it stands in pinned memory, so that the
    training thread neither copies nor waits; the order is the same.
    """

    def __init__(self, rows: Any, mean: Tensor, scale: float, device: torch.device) -> None:
        self.tokens, self.d_in = rows.shape
        self.scale = scale
        self.device = device
        self.mean = mean.to(device) * scale  # [d_in] of what is drawn
        self._pinned = device.type == "cuda"
        self._file = rows
        self._rows: Tensor | None = None
        self._stream: Shuffled | Buffered | None = None
        if not isinstance(rows, Unread) and 4 * self.tokens * self.d_in <= IN_MEMORY_BYTES:
            self._rows = torch.tensor(rows, dtype=torch.float32, device=device) * scale

    @classmethod
    def of(cls, activations: Activations, device: torch.device) -> Pool:
        """Activations, scaled so that their mean L2 norm is √d_in. Raises ActivationsError where no scale does that."""
        if not 0 < activations.norm < math.inf:
            raise ActivationsError(
                f"the mean norm of the activations is {activations.norm}: nothing can be learned from them; "
                "read another layer"
            )
        scale = math.sqrt(activations.data.shape[1]) / activations.norm
        return cls(activations.data, torch.from_numpy(activations.mean), scale, device)

    def draw(self, batch_size: int) -> Tensor:
        """`batch_size` activations drawn at random (by torch's seed): [batch_size, d_in] float32.

        With replacement where all rows are in memory, else without.
        """
        if self._rows is not None:
            chosen = torch.randint(self.tokens, (batch_size,), pin_memory=self._pinned)
            return self._rows[chosen.to(self.device, non_blocking=self._pinned)]
        if self._stream is None:
            seed = int(torch.randint(1 << 62, ()))
            not_kept = isinstance(self._file, Unread)
            self._stream = self._file.shuffled(seed) if not_kept else Shuffled(self._file, seed, self._pinned)
        assert self._stream is not None
        parts = self._stream.take(batch_size)
        return torch.cat([part.to(self.device, non_blocking=self._pinned) for part in parts]).float() * self.scale


class Shuffled:
    """The rows of a file too large for memory, in a random order: every row once, then all in another order, and so on.

    Chunks of neighbouring rows are taken in random order; the rows of a group of them, which come from all over the file,
    are shuffled together. A thread reads the next group while this one is handed out, into `pinned` memory where a GPU
    copies from it. The seed decides the order.
    """

    def __init__(self, rows: Any, seed: int, pinned: bool = False) -> None:
        self._rows = rows
        self._pinned = pinned
        self._dtype = torch.from_numpy(np.empty(0, rows.dtype)).dtype
        self._chunk = max(1, CHUNK_BYTES // (rows.itemsize * rows.shape[1]))
        self._groups = self._in_random_order(np.random.default_rng(seed))
        self._reader = ThreadPoolExecutor(1, "activations")
        self._next = self._reader.submit(next, self._groups)
        self._group = torch.empty(0)
        self._at = 0

    def take(self, count: int) -> list[Tensor]:
        """The next `count` rows, as views [n, d_in] of a group or several."""
        parts = []
        while count > 0:
            if self._at == len(self._group):
                self._group, self._at = self._next.result(), 0
                self._next = self._reader.submit(next, self._groups)
            part = self._group[self._at : self._at + count]
            self._at += len(part)
            count -= len(part)
            parts.append(part)
        return parts

    def _in_random_order(self, rng: np.random.Generator) -> Iterator[Tensor]:
        """Groups of rows, shuffled; without end."""
        starts = np.arange(0, len(self._rows), self._chunk)
        at_once = max(1, GROUP_BYTES // CHUNK_BYTES)
        while True:
            rng.shuffle(starts)
            for first in range(0, len(starts), at_once):
                chosen = starts[first : first + at_once]
                sizes = np.minimum(self._chunk, len(self._rows) - chosen)
                places = np.split(rng.permutation(sizes.sum()), sizes.cumsum()[:-1])
                group = torch.empty(int(sizes.sum()), self._rows.shape[1], dtype=self._dtype, pin_memory=self._pinned)
                filled = group.numpy()  # the same memory
                for start, size, place in zip(chosen, sizes, places, strict=True):
                    filled[place] = self._rows[start : start + size]
                yield group
