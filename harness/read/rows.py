"""Documents in tokens, put together into rows as long as a language model's context."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import TextError
from harness.read.splits import Split

TEXTS_AT_ONCE = 64  # few, so that little is fetched of a streamed data set beyond what is read
ASK_FOR_FEWER: dict[Split, str] = {
    "train": "ask for fewer (--pool_tokens)",
    "heldout": "ask for fewer (--heldout_tokens)",
    "confirm": "ask for fewer (--heldout_tokens)",
}


@dataclass(frozen=True)
class TokenRows:
    """Rows of token ids, each as long as the context and with `<bos>` first, and which positions are read.

    `keep` is False at `<bos>`, `<eos>` and `<pad>`. Both are [rows, context].
    """

    ids: NDArray[np.int64]
    keep: NDArray[np.bool_]


def pack(rows: Iterable[list[int]], tokenizer: Any, tokens: int, context: int, source: str, fewer: str) -> TokenRows:
    """As many of the rows (each context − 1 ids) as hold `tokens` positions to read, each after a `<bos>`.

    A tokenizer without `<bos>` (GPT-2, GPT-NeoX) begins them with `<eos>`. Raises TextError, which names `source` and what
    to do (`fewer`) where the rows hold fewer tokens, and where the tokenizer has neither.
    """
    check_size(tokens, context)
    first = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    if first is None:
        raise TextError(
            "the tokenizer has neither a <bos> nor an <eos> token, and one of them must begin each text: "
            "set tokenizer.bos_token and save it beside the model, or use another model"
        )
    special = special_ids(tokenizer)
    taken: list[list[int]] = []
    found = 0
    for row in rows:
        taken.append([first, *row])
        found += int((~np.isin(row, special)).sum())
        if found >= tokens:
            break
    else:
        raise TextError(
            f"the {source} has only {found} tokens for this model, {tokens} were asked for: "
            f"{fewer}, or use a larger data set"
        )
    ids = np.array(taken, np.int64)
    keep = ~np.isin(ids, special)
    keep[:, 0] = False
    return TokenRows(ids, keep)


def check_size(tokens: int, context: int) -> None:
    """Raises TextError where no token, or no text, can be read."""
    if tokens < 1 or context < 2:
        raise TextError(f"{tokens} tokens in texts of {context} cannot be read: at least 1 token and a context of 2")


def special_ids(tokenizer: Any) -> NDArray[np.int64]:
    """The ids of `<bos>`, `<eos>`, `<pad>` and their like."""
    return np.array(sorted(set(tokenizer.all_special_ids)))


def tokenizer_hash(tokenizer: Any) -> str:
    """A hash of how it makes tokens of text, whatever it pads and cuts just now."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    about = tokenizer.get_vocab() if backend is None else json.loads(backend.to_str())
    kept = {name: value for name, value in about.items() if name not in ("padding", "truncation")}
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:24]


def packed(documents: Iterable[list[int]], tokenizer: Any, context: int) -> Iterator[list[int]]:
    """Documents of token ids, one after the other with `<eos>` after each, cut into rows of context − 1 ids."""
    end = ending(tokenizer)
    flat: list[int] = []
    for document in documents:
        flat += document + end
        whole = len(flat) - len(flat) % (context - 1)
        yield from (flat[at : at + context - 1] for at in range(0, whole, context - 1))
        del flat[:whole]


def ending(tokenizer: Any) -> list[int]:
    """What stands after each document."""
    return [tokenizer.eos_token_id] if tokenizer.eos_token_id is not None else []


def encoded(texts: Iterable[str], tokenizer: Any) -> Iterator[list[int]]:
    """The token ids of each text; tokenised as they are asked for."""
    waiting = iter(texts)
    while some := list(itertools.islice(waiting, TEXTS_AT_ONCE)):
        yield from encode(tokenizer, some)


def encode(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    """The token ids of each text, without special tokens."""
    ids: list[list[int]] = tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
    return ids
