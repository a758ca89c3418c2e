"""The memory that is shared: a file of float16 rows in a few slots, written here and mapped by the experiment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

SLOTS = 3
"""One that is read, one that is ready, one that is written."""


class Ring:
    """Slots of up to `rows` rows [rows, d_in] in a file of its own in `folder`."""

    def __init__(self, folder: Path, number: int, rows: int, d_in: int) -> None:
        self.rows = rows
        self.name = f"rows-{number}"
        self._slot = 0
        mapped: Any = np.memmap(folder / self.name, np.float16, "w+", shape=(SLOTS * rows, d_in))
        self._memory = torch.from_numpy(mapped)

    def put(self, parts: Sequence[Tensor]) -> dict[str, Any]:
        """Copy the parts into the next slot; where they lie, as it is answered."""
        self._slot = (self._slot + 1) % SLOTS
        at = first = self._slot * self.rows
        for part in parts:
            self._memory[at : at + len(part)].copy_(part)
            at += len(part)
        return {"file": self.name, "at": first, "rows": at - first}

    def at(self, place: dict[str, Any]) -> Tensor:
        """A copy of the rows that lie there."""
        return self._memory[place["at"] : place["at"] + place["rows"]].clone()
