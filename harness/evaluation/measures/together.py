"""Which latents are on for the same token, by blocks of latents: the matrix of all pairs is never whole in memory.

At a d_sae of 65,536 that matrix alone has 17 GB. Kept is the list of latents that are on, token by token: 4 bytes for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from harness.coactivation import coactivation_counts
from harness.grad import no_grad
from harness.sae import Codes

BLOCK = 2**22  # numbers of the matrix in memory at once: 17 MB, which is used again and not asked for anew
SPARSE = 64  # latents on for a token; up to here pairs are counted one by one, beyond as a product of matrices
PAIRS = 2**24  # that are counted at once


@dataclass(frozen=True)
class On:
    """The latents that are on in each of some rows of codes."""

    latents: Tensor  # [n] int32, row by row
    numbers: Tensor  # [rows] int64: how many in each row


def on_in(codes: Tensor) -> On:
    """Of dense codes [rows, d_sae]."""
    rows, latents = (codes > 0).nonzero(as_tuple=True)
    return On(latents.int().cpu(), rows.bincount(minlength=len(codes)).cpu())


class Together:
    """Counts N_ij of tokens for which latents i and j are both on, a block of rows i at a time, and N_i (`single` [d_sae])."""

    def __init__(self, parts: Sequence[On], d_sae: int, device: torch.device | str = "cpu") -> None:
        self.d_sae = d_sae
        self._device = torch.device(device)
        self._latents = torch.cat([part.latents for part in parts])
        self._numbers = torch.cat([part.numbers for part in parts])
        self.single = self._latents.bincount(minlength=d_sae).float()  # exact: as many tokens as float32 counts

    def blocks(self) -> Iterator[tuple[slice, Tensor]]:
        """Rows of the matrix and their counts [rows, d_sae] on the CPU, on the diagonal N_i; the next block takes their place."""
        size = max(1, BLOCK // self.d_sae)
        parts = [slice(start, min(start + size, self.d_sae)) for start in range(0, self.d_sae, size)]
        if int(self._numbers.max()) > SPARSE:
            yield from ((rows, self._as_product(rows)) for rows in parts)
            return
        if len(parts) == 1:
            yield parts[0], coactivation_counts(self._codes(), self.d_sae)
            return
        space = torch.empty(size * self.d_sae)  # used again: asking for as much anew costs more than counting
        starts = self._numbers.cumsum(0) - self._numbers
        tokens = torch.arange(len(self._numbers)).repeat_interleave(self._numbers)
        order = self._latents.argsort()  # places of each latent together
        ends = self.single.long().cumsum(0)
        for rows in parts:
            first = int(ends[rows.start - 1]) if rows.start else 0
            found = space[: (rows.stop - rows.start) * self.d_sae].zero_()
            self._count(found, rows, order[first : int(ends[rows.stop - 1])], tokens, starts)
            yield rows, found.view(-1, self.d_sae)

    def _codes(self) -> Codes:
        """Which latents are on, with the value 1, in as many places a token as the fullest has."""
        most = max(1, int(self._numbers.max()))
        inside = torch.arange(most) < self._numbers[:, None]  # [tokens, most]
        indices = torch.zeros(inside.shape, dtype=torch.int64)
        indices[inside] = self._latents.long()
        return Codes(indices, inside.float())

    @no_grad
    def _count(self, found: Tensor, rows: slice, inside: Tensor, tokens: Tensor, starts: Tensor) -> None:
        """Each latent of the block, at its places `inside` the list, beside all that are on for its token."""
        for places in inside.split(PAIRS // SPARSE):
            one, of = self._latents[places].long() - rows.start, tokens[places]
            beside = self._numbers[of]
            ordinal = torch.arange(int(beside.sum())) - (beside.cumsum(0) - beside).repeat_interleave(beside)
            other = self._latents[starts[of].repeat_interleave(beside) + ordinal].long()
            keys = (one * self.d_sae).repeat_interleave(beside) + other
            found.index_add_(0, keys, torch.ones(len(keys)))

    @no_grad
    def _as_product(self, rows: slice) -> Tensor:
        """Where so many are on that pairs outnumber the matrix: AᵀA by parts of tokens, on the SAE's device."""
        found = torch.zeros(rows.stop - rows.start, self.d_sae, device=self._device)
        tokens = max(1, BLOCK // self.d_sae)
        lists = self._latents.split([int(part.sum()) for part in self._numbers.split(tokens)])
        for numbers, latents in zip(self._numbers.split(tokens), lists, strict=True):
            on = torch.zeros(len(numbers), self.d_sae, device=self._device)
            row = torch.arange(len(numbers)).repeat_interleave(numbers)
            on[row.to(self._device), latents.long().to(self._device)] = 1.0
            found += on[:, rows].T @ on
        return found.cpu()

    def dense(self) -> Tensor:
        """The whole matrix [d_sae, d_sae]: for small dictionaries."""
        return torch.cat([counts.clone() for _, counts in self.blocks()])
