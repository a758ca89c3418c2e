"""Activations that no disk holds: read from the language model as they are drawn, and mixed in a buffer."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from harness.groups import Grouped
from harness.halving import Batches

ROWS_AT_ONCE = 32

Read = Callable[[NDArray[np.int64]], Tensor]
"""Rows of token ids [rows, context] → the activations at their kept positions [tokens, d_in], float16."""


class Unread:
    """Rows [tokens, d_in] that are read while they are drawn. `open_read` loads the language model, once a draw is asked for.

    `ids` [rows, context] are the texts; of each row every kept position is one activation.
    """

    itemsize = 2  # float16

    def __init__(
        self, ids: NDArray[Any], shape: tuple[int, int], open_read: Callable[[], Read], buffer_tokens: int, what: str
    ) -> None:
        self.ids = ids
        self.shape = shape
        self.open_read = open_read
        self.buffer_tokens = buffer_tokens
        self.what = what

    def shuffled(self, seed: int) -> Buffered:
        """The rows in an order that the seed decides."""
        return Buffered(self, seed)


class Buffered(Grouped):
    """Activations through a buffer of `buffer_tokens`: every one once, then all in another order, and so on.

    Texts are read in random order until the buffer is full; its rows are shuffled and half of them handed out; it is
    filled again, and so on, so that a batch mixes the tokens of thousands of texts. The end of a pass is handed out whole,
    so that no activation comes twice before each has come once. The seed decides the order.
    """

    def __init__(self, rows: Unread, seed: int) -> None:
        self._rows = rows
        self._read = rows.open_read()
        self._batches = Batches(ROWS_AT_ONCE, rows.what)
        groups = self._in_random_order(np.random.default_rng(seed))
        super().__init__(lambda: next(groups))

    def _in_random_order(self, rng: np.random.Generator) -> Iterator[Tensor]:
        """Groups of activations, half a buffer each and the rest of a pass at its end; without end."""
        for _ in itertools.count():
            fresh = self._one_pass(rng.permutation(len(self._rows.ids)))
            left: list[Tensor] = []
            ended = False
            while not ended:
                left, ended = self._filled(left, fresh)
                buffer = torch.cat(left)
                buffer = buffer[torch.from_numpy(rng.permutation(len(buffer))).to(buffer.device)]
                half = len(buffer) if ended else (len(buffer) + 1) // 2
                left = [buffer[half:].clone()]  # of its own, so that what is handed out can go
                yield buffer[:half]

    def _filled(self, parts: list[Tensor], fresh: Iterator[Tensor]) -> tuple[list[Tensor], bool]:
        """Those parts and fresh ones until the buffer is full; whether the pass is at its end."""
        held = sum(map(len, parts))
        while held < self._rows.buffer_tokens:
            part = next(fresh, None)
            if part is None:
                return parts, True
            parts.append(part)
            held += len(part)
        return parts, False

    def _one_pass(self, order: NDArray[np.int64]) -> Iterator[Tensor]:
        """The activations of every text once, in this order of texts."""

        def read(part: slice) -> Tensor:
            return self._read(np.asarray(self._rows.ids[order[part]], np.int64))

        return self._batches.over(read, 0, len(order))
