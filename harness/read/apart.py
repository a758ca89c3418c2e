"""Held-out rows of a data set that share no run of 13 tokens with the text of an earlier split.

A hash tells the side of a document; the same passage in two documents (a licence, a quotation, a page that was crawled twice)
is on both. So more rows are read than are wanted, the earlier text is gone through once, and the rows that stand in it
are left out. Where too few are left, more are read.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from harness.errors import TextError
from harness.read.overlap import RUN, Runs
from harness.read.rows import TokenRows, check_size, ending, pack, packed, special_ids
from harness.read.splits import BEFORE, Split, side_of

log = logging.getLogger(__name__)

SPARE = 1.25  # so many times what is wanted is read at first
DOCUMENTS_AT_ONCE = 256

Document = str | list[int]


@dataclass(frozen=True)
class Documents:
    """A data set as it is read: every document from its beginning on, and the token ids of some of them."""

    name: str  # for messages
    read: Callable[[], Iterator[Document]]
    ids: Callable[[Iterator[Document]], Iterator[list[int]]]
    tokenizer: Any

    def of(self, split: Split) -> Iterator[Document]:
        """The documents of a split, in order."""
        return (document for document in self.read() if side(document) == split)


def side(document: Document) -> Split:
    """The side of a text, or of one that comes as token ids."""
    return side_of(document if isinstance(document, str) else " ".join(map(str, document)))


def rows_apart(given: Documents, split: Split, tokens: int, context: int, pool_tokens: int, fewer: str) -> TokenRows:
    """As many rows of a held-out split as hold `tokens` positions to read, none of which shares a run with earlier text.

    The earlier text is the first `pool_tokens` tokens to train on (which is what a run reads), for `confirm` also as many
    held-out tokens as are asked for, and of both at least what stands before the last document that is taken. Rows shorter
    than a run are compared whole. Raises TextError where the data set has fewer such rows.
    """
    check_size(tokens, context)
    needed = {name: (pool_tokens if name == "train" else tokens) + context for name in BEFORE[split]}
    wanted, special = SPARE * tokens + context, special_ids(given.tokenizer)
    while True:
        place = _Place()
        rows = packed(given.ids(place.noting(given.read(), split)), given.tokenizer, context)
        taken, found = [], 0
        for row in rows:
            taken.append(row)
            found += int((~np.isin(row, special)).sum())
            if found >= wanted:
                break
        runs = Runs(taken, min(RUN, context - 1))
        _meet_earlier(runs, given, needed, place.number)
        met = runs.met()
        kept = [row for row, is_met in zip(taken, met, strict=True) if not is_met]
        source = f"{split} text of the data set {given.name!r}"
        if met.any():
            earlier = " or ".join(f"{name} text" for name in needed)
            source += f" ({met.sum():,} of {len(taken):,} rows left out: {runs.run} tokens in a row stand in {earlier})"
        try:
            kept_rows = pack(kept, given.tokenizer, tokens, context, source, fewer)
        except TextError:
            if found < wanted:  # there is no more to read
                raise
            wanted *= 2
            continue
        log.info("%s: %d rows", source, len(kept_rows.ids))
        return kept_rows


class _Place:
    """How many documents of a data set were gone through."""

    def __init__(self) -> None:
        self.number = 0

    def noting(self, documents: Iterator[Document], split: Split) -> Iterator[Document]:
        """Those of a split."""
        for self.number, document in enumerate(documents, 1):
            if side(document) == split:
                yield document


def _meet_earlier(runs: Runs, given: Documents, needed: Mapping[Split, int], place: int) -> None:
    """Hold the runs against the documents of the splits in `needed`, until each has had so many tokens and `place` documents."""
    left = dict(needed)
    tails: dict[Split, list[int]] = {name: [] for name in needed}
    end, special = ending(given.tokenizer), special_ids(given.tokenizer)
    documents, gone_through = given.read(), 0
    while some := list(itertools.islice(documents, DOCUMENTS_AT_ONCE)):
        sides = [side(document) for document in some]
        coded = given.ids(document for document, name in zip(some, sides, strict=True) if name in needed)
        flat: dict[Split, list[int]] = {name: list(tails[name]) for name in needed}
        for name, ids in zip((name for name in sides if name in needed), coded, strict=True):
            flat[name] += [*ids, *end]
        for name, ids in flat.items():
            runs.meet([ids])
            left[name] -= int((~np.isin(ids[len(tails[name]) :], special)).sum())
            tails[name] = ids[-(runs.run - 1) :] if runs.run > 1 else []
        gone_through += len(some)
        if gone_through >= place and max(left.values()) <= 0:
            return
