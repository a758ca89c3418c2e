"""Text in the tokens of a model, kept in the cache: one of the hub is read once, where there is a network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.read.corpus import SHIPPED, VERSION, identity, rows_of
from harness.read.lm import fingerprint, load_tokenizer, model_folder
from harness.read.rows import TokenRows
from harness.read.splits import Split
from harness.store.cache import Cache, Draft

KIND = "text"  # in the cache
LEAVE_OUT = "leave out the eval that reads it (--evals)"  # its number of tokens is fixed


@dataclass(frozen=True)
class TextRequest:
    """Which text, as `rows_of` has it, in the tokens of which model."""

    model: str
    dataset: str
    tokens: int
    split: Split
    context: int
    seed: int = 0
    pool_tokens: int = 0  # of text to train on, which a held-out one must be apart from

    def fields(self) -> dict[str, Any]:
        """Everything that the rows depend on, for the cache's key."""
        return {"format": VERSION, **self.depends_on()}

    def depends_on(self) -> dict[str, Any]:
        """What is read, by content, and how much of it: for the key of whatever is made of it."""
        found = {
            "model": fingerprint(self.model),
            "text": identity(self.dataset),
            "tokens": self.tokens,
            "split": self.split,
            "context": self.context,
            "seed": self.seed,
        }
        return found if self.split == "train" or self.dataset in SHIPPED else found | {"apart_from": self.pool_tokens}


def kept_rows(request: TextRequest) -> NDArray[np.int64]:
    """What `kept_ids` gives, in memory: int64."""
    return np.asarray(kept_ids(request), np.int64)


def kept_ids(request: TextRequest) -> NDArray[Any]:
    """The ids [rows, context] that `rows_of` gives, memory-mapped from the cache; read first where they are not there.

    WordNet, which lies here, is not kept. Raises what `rows_of` raises, and CacheMiss where they are not there and the
    cache is read-only.
    """
    if request.dataset in SHIPPED:
        return read_rows(request).ids

    def make(draft: Draft) -> None:
        ids = read_rows(request).ids
        draft.write("shape.json", json.dumps(ids.shape).encode())
        draft.write("ids.i32", ids.astype(np.int32).tobytes())

    cache = Cache()
    while not cache.hold(folder := cache.get(KIND, request.fields(), make)):
        pass  # evicted just now: it is made again
    shape = json.loads((folder / "shape.json").read_text(encoding="utf-8"))
    return np.memmap(folder / "ids.i32", np.int32, "r", shape=tuple(shape))


def read_rows(request: TextRequest, fewer: str = LEAVE_OUT) -> TokenRows:
    """What `rows_of` gives. Raises what it raises, and ModelError where the tokenizer cannot be loaded."""
    tokenizer = load_tokenizer(model_folder(request.model))
    asked = (request.split, request.tokens, request.context, request.seed)
    return rows_of(request.dataset, tokenizer, *asked, fewer, request.pool_tokens)
