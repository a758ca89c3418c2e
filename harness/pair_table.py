"""A number for each of some pairs of latents: a list of them, and a table that is kept from step to step."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Pairs:
    """A number for each of P pairs of latents, each pair once (row > column), by row; pairs that are not listed have 0."""

    rows: Tensor  # [P] int64, the latent with the higher index
    columns: Tensor  # [P] int64, the one with the lower
    values: Tensor  # [P] float

    @property
    def keys(self) -> Tensor:
        """[P] int64: the place of each pair in the strict lower triangle, row by row."""
        return pair_keys(self.rows, self.columns)

    def with_values(self, values: Tensor) -> Pairs:
        """Other numbers [P] for the same pairs."""
        return Pairs(self.rows, self.columns, values)

    def where(self, keep: Tensor) -> Pairs:
        """The pairs that `keep` [P] bool names."""
        places = keep.nonzero().squeeze(1)
        return Pairs(*(numbers.index_select(0, places) for numbers in (self.rows, self.columns, self.values)))

    def dense(self, d_sae: int) -> Tensor:
        """The symmetric matrix [d_sae, d_sae] with a zero diagonal: for small dictionaries."""
        matrix = self.values.new_zeros(d_sae, d_sae)
        matrix[self.rows, self.columns] = self.values
        return matrix + matrix.T


def pair_keys(rows: Tensor, columns: Tensor) -> Tensor:
    """The place of each pair (row > column) in the strict lower triangle, counted row by row: row(row−1)/2 + column."""
    return (rows * (rows - 1) >> 1) + columns


def pairs_of(keys: Tensor) -> tuple[Tensor, Tensor]:
    """Rows and columns of `pair_keys`; exact for d_sae up to 60 million."""
    rows = ((1 + (1 + 8 * keys.double()).sqrt()) / 2).long()
    rows -= (rows * (rows - 1) >> 1 > keys).long()  # where the root was rounded up
    return rows, keys - (rows * (rows - 1) >> 1)


class PairTable:
    """Named numbers kept from step to step for pairs of latents: for every pair where that fits, else for some.

    At most `max_pairs` pairs are kept, at 8 bytes each and 4 more for each name. Where the dictionary has more, pairs
    enter as they are admitted, and those with the lowest `names[0]` leave when the table is full (down to half).
    """

    def __init__(self, d_sae: int, names: tuple[str, ...], max_pairs: int) -> None:
        self.names = names
        self.max_pairs = max_pairs
        total = d_sae * (d_sae - 1) // 2
        self.complete = total <= max_pairs
        self.keys = torch.arange(total if self.complete else 0)  # sorted
        self.rows, self.columns = pairs_of(self.keys)
        self.numbers = {name: torch.zeros(len(self.keys)) for name in names}  # [P] each

    def __getitem__(self, name: str) -> Tensor:
        return self.numbers[name]

    def pairs(self, name: str) -> Pairs:
        """All pairs in the table with one of their numbers."""
        return Pairs(self.rows, self.columns, self.numbers[name])

    def find(self, keys: Tensor) -> tuple[Tensor, Tensor]:
        """The place of each key in the table, and whether it is there at all."""
        self._move(keys.device)
        if self.complete:
            return keys, torch.ones_like(keys, dtype=torch.bool)
        if len(self.keys) == 0:
            return torch.zeros_like(keys), torch.zeros_like(keys, dtype=torch.bool)
        places = torch.searchsorted(self.keys, keys).clamp_max(len(self.keys) - 1)
        return places, self.keys[places] == keys

    def admit(self, pairs: Pairs) -> tuple[Tensor, Tensor]:
        """As `find`, after those that were not there were let in with 0; some may be left out when the table is full."""
        keys = pairs.keys
        places, there = self.find(keys)
        if bool(there.all()):
            return places, there
        if len(self.keys) + int((~there).sum()) > self.max_pairs:
            self._keep(self.numbers[self.names[0]].topk(min(len(self.keys), self.max_pairs // 2)).indices)
        places, there = self.find(keys)
        new = (~there).nonzero().squeeze(1)
        room = self.max_pairs - len(self.keys)
        if len(new) > room:
            new = new[pairs.values[new].topk(room).indices]
        order = torch.cat([self.keys, keys[new]]).argsort()
        self.keys = torch.cat([self.keys, keys[new]])[order]
        for name, numbers in self.numbers.items():
            self.numbers[name] = torch.cat([numbers, numbers.new_zeros(len(new))])[order]
        self.rows, self.columns = pairs_of(self.keys)
        return self.find(keys)

    def _keep(self, places: Tensor) -> None:
        places = places.sort().values
        self.keys = self.keys[places]
        self.numbers = {name: numbers[places] for name, numbers in self.numbers.items()}

    def _move(self, device: torch.device) -> None:
        if self.keys.device != device:
            self.keys, self.rows, self.columns = (tensor.to(device) for tensor in (self.keys, self.rows, self.columns))
            self.numbers = {name: numbers.to(device) for name, numbers in self.numbers.items()}
