"""The activations that an SAE is trained on, handed out in batches."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from harness.activations import Activations
from harness.errors import ActivationsError, DataError
from harness.groups import Grouped
from harness.handed import Handed
from harness.on_the_fly import Unread
from harness.site import PairScale

IN_MEMORY_BYTES = 4_000_000_000  # by size alone, so that a seed draws the same batches on every machine
CHUNK_BYTES = 1 << 20  # what is read from the file at once
MOST_SAMPLED = 32_768  # rows for statistics
GROUP_BYTES = 1 << 29  # of chunks from all over the file, whose rows are shuffled together


class Pool:
    """Rows [tokens, d_in], multiplied by `scale` as they are drawn, on `device`; where rows are pairs, each half by its own.

    What fits is kept in memory as float32. Beyond that, rows are streamed from the memory-mapped file in a random order,
    each once before any comes again (`Shuffled`); rows that are not kept at all are read as they are drawn (on_the_fly.py). For a GPU what is copied to it stands in pinned memory, so that the
    training thread neither copies nor waits; the order is the same. Where a process hands the rows out (harness/handed/), it owns that order.
    """

    def __init__(self, rows: Any, mean: Tensor, scale: float | PairScale, device: torch.device) -> None:
        self.tokens, self.d_in = rows.shape
        self.scale: Any = scale
        self.device = device
        self._factor = factor(scale, self.d_in, device)
        self.mean = mean.to(device) * self._factor  # [d_in] of what is drawn
        self._pinned = device.type == "cuda"
        self._file = rows
        self._rows: Tensor | None = None
        self._stream: Stream | None = None
        self._samples: Samples | None = None
        if isinstance(rows, Handed):
            self._stream = HandedStream(rows, self._pinned)
        elif fits_in_memory(rows):
            self._rows = torch.tensor(rows, dtype=torch.float32, device=device) * self._factor

    @classmethod
    def of(cls, activations: Activations, device: torch.device) -> Pool:
        """Activations, scaled so that their mean L2 norm is √d_in, each half of a pair by itself.

        Raises ActivationsError where no scale does that.
        """
        norms = [activations.norm] + ([] if activations.norm_out is None else [activations.norm_out])
        for norm in norms:
            if not 0 < norm < math.inf:
                raise ActivationsError(
                    f"the mean norm of the activations is {norm}: nothing can be learned from them; read another layer"
                )
        scales = [math.sqrt(activations.data.shape[1] / len(norms)) / norm for norm in norms]
        scale = scales[0] if len(scales) == 1 else PairScale(*scales)
        return cls(activations.data, torch.from_numpy(activations.mean), scale, device)

    def draw(self, batch_size: int) -> Tensor:
        """`batch_size` activations drawn at random: [batch_size, d_in] float32. With replacement where all rows are in memory, else without.

        By torch's generator; a process that hands them out draws the same by its own (harness/hand_out/supply.py), so that nothing
        else that is drawn at random changes a batch. Raises DataError where it refuses.
        """
        if self._rows is not None:
            chosen = torch.randint(self.tokens, (batch_size,), pin_memory=self._pinned)
            return self._rows[chosen.to(self.device, non_blocking=self._pinned)]
        if self._stream is None:
            self._stream = stream(self._file, None, self._pinned)
        parts = [part.to(self.device, non_blocking=self._pinned) for part in self._stream.take(batch_size)]
        whole = parts[0] if len(parts) == 1 else torch.cat(parts)
        return whole.to(torch.float32, copy=True).mul_(self._factor)

    def sample(self, rows: int) -> Tensor:
        """Other rows than the batches: [rows, d_in] float32, for a statistic to start from (a geometric median, say).

        The order of the batches stays as it is. A process that hands out data counts them as a kind of their own. Raises DataError
        for more than `MOST_SAMPLED` in all, and where rows are read as they are drawn.
        """
        if isinstance(self._file, Handed):
            return self._file.sample(rows).to(self.device).float() * self._factor
        self._samples = self._samples or Samples(self._file)
        return torch.from_numpy(self._samples.take(rows)).to(self.device).float() * self._factor


def factor(scale: float | PairScale, width: int, device: torch.device) -> float | Tensor:
    """What a row of `width` numbers is multiplied by: one number, or [width], half of each."""
    if isinstance(scale, PairScale):
        return torch.tensor(scale, dtype=torch.float32, device=device).repeat_interleave(width // 2)
    return scale


class Stream(Protocol):
    """Rows in an order, without end."""

    def take(self, count: int) -> list[Tensor]:
        """The next `count` rows, as parts [n, d_in]."""
        ...


def fits_in_memory(rows: Any) -> bool:
    """Whether all rows [tokens, d_in] are kept in memory, as float32: then they are drawn with replacement."""
    return not isinstance(rows, Unread) and 4 * rows.shape[0] * rows.shape[1] <= IN_MEMORY_BYTES


def stream(rows: Any, order: torch.Generator | None, pinned: bool = False) -> Stream:
    """Rows that memory does not hold, in an order that one number of the generator (torch's own where None) decides."""
    seed = int(torch.randint(1 << 62, (), generator=order))
    return rows.shuffled(seed) if isinstance(rows, Unread) else Shuffled(rows, seed, pinned)


class Samples:
    """Rows of a file for statistics, in an order that no seed changes, each at most once; `MOST_SAMPLED` at most."""

    def __init__(self, rows: Any) -> None:
        if isinstance(rows, Unread):
            raise DataError("activations that are read as they are drawn have no sample: draw() a batch, which counts")
        self._rows, self.count = rows, 0
        self._order = np.random.default_rng(0).permutation(len(rows))

    def take(self, count: int) -> NDArray[np.float16]:
        """`count` rows [count, d_in]. Raises DataError where there are not as many left."""
        left = min(MOST_SAMPLED, len(self._rows)) - self.count
        if count > left:
            raise DataError(f"a sample of {count} rows: {left} are left of those for statistics; train on draw()")
        chosen = self._order[self.count : self.count + count]
        self.count += count
        return np.asarray(self._rows[chosen])


class HandedStream:
    """The batches that a process hands out, in the memory that it shares; copied to pinned memory for a GPU."""

    def __init__(self, rows: Handed, pinned: bool) -> None:
        self._rows = rows
        self._copies = [PinnedCopy() for _ in range(2)] if pinned else []

    def take(self, count: int) -> list[Tensor]:
        """The next batch as one part; a view of memory that the next one may overwrite."""
        for copy in self._copies[:1]:
            copy.is_on_its_way()
        batch = self._rows.draw(count)
        if not self._copies:
            return [batch]
        self._copies.reverse()
        return [self._copies[0].of(batch)]


class PinnedCopy:
    """A batch in pinned memory, which is not written again before the GPU has taken it."""

    def __init__(self) -> None:
        self._memory = torch.empty(0)
        self._taken: torch.cuda.Event | None = None

    def of(self, batch: Tensor) -> Tensor:
        """The batch, copied."""
        if self._taken is not None:
            self._taken.synchronize()
        if self._memory.shape != batch.shape:
            self._memory = torch.empty(batch.shape, dtype=batch.dtype, pin_memory=True)
        return self._memory.copy_(batch)

    def is_on_its_way(self) -> None:
        """The copy to the GPU has been asked for: it is done when what was asked for by now is done."""
        if len(self._memory):
            self._taken = torch.cuda.Event()
            self._taken.record()


class Shuffled(Grouped):
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
        super().__init__(self._read_ahead)

    def _read_ahead(self) -> Tensor:
        """The group that was read meanwhile; the one after it is asked for."""
        group = self._next.result()
        self._next = self._reader.submit(next, self._groups)
        return group

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
