"""Rows that come in groups, handed out by any count."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


class Grouped:
    """Rows of the groups [n, d_in] that `following` gives one after another, without end; one group is held at a time."""

    def __init__(self, following: Callable[[], Tensor]) -> None:
        self._following = following
        self._group = torch.empty(0)
        self._at = 0

    def take(self, count: int) -> list[Tensor]:
        """The next `count` rows, as views [n, d_in] of a group or several."""
        parts = []
        while count > 0:
            if self._at == len(self._group):
                self._group, self._at = self._following(), 0
            part = self._group[self._at : self._at + count]
            self._at += len(part)
            count -= len(part)
            parts.append(part)
        return parts
