"""Which texts share a run of tokens with others: what a split by hash lets through where texts are nearly the same.

A run is 13 tokens, as in the decontamination of GPT-3's test sets (Brown et al. 2020, appendix C) and since. Runs are
compared by a hash of 64 bits: two that differ are taken for the same once in some 10^19 pairs, and a text more is then
left out. What is asked about is kept, what it is compared with is read once and forgotten, so that texts of any length fit.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

RUN = 13
DOCUMENTS_AT_ONCE = 4096
_MULTIPLIERS = np.random.default_rng(13).integers(0, 2**63, RUN, np.uint64) * np.uint64(2) + np.uint64(1)


class Runs:
    """All runs of `run` tokens of some texts, and which of them were met elsewhere. A shorter text has none."""

    def __init__(self, texts: Sequence[Sequence[int]], run: int = RUN) -> None:
        self.run = run
        self._hashes, self._owners = _hashes(texts, run)
        self._known = np.unique(self._hashes)
        self._met = np.zeros(len(self._known), bool)
        self._texts = len(texts)

    def meet(self, others: Iterable[Sequence[int]]) -> None:
        """Mark the runs that stand in any of these texts."""
        waiting = iter(others)
        while some := list(itertools.islice(waiting, DOCUMENTS_AT_ONCE)):
            theirs, _ = _hashes(some, self.run)
            at = np.searchsorted(self._known, theirs)
            inside = at < len(self._known)
            at, theirs = at[inside], theirs[inside]
            self._met[at[self._known[at] == theirs]] = True

    def met(self) -> NDArray[np.bool_]:
        """Of each text, whether one of its runs was met: [texts]."""
        found = np.zeros(self._texts, bool)
        if len(self._known):
            found[self._owners[self._met[np.searchsorted(self._known, self._hashes)]]] = True
        return found


def _hashes(texts: Sequence[Sequence[int]], run: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """A hash of every run within a text, and the number of the text that it is of."""
    lengths = np.array([len(text) for text in texts], np.int64)
    total = int(lengths.sum())
    flat = np.fromiter(itertools.chain.from_iterable(texts), np.int64, total).astype(np.uint64)
    starts = total - run + 1
    if starts < 1:
        return np.zeros(0, np.uint64), np.zeros(0, np.int64)
    found = np.zeros(starts, np.uint64)
    for offset, multiplier in enumerate(_MULTIPLIERS[:run]):
        token = (flat[offset : offset + starts] + np.uint64(1)) * multiplier
        token ^= token >> np.uint64(29)
        found += token * np.uint64(0x9E3779B97F4A7C15)
    found ^= found >> np.uint64(32)
    owners = np.repeat(np.arange(len(texts)), lengths)
    within = owners[:starts] == owners[run - 1 :]
    return found[within], owners[:starts][within]
