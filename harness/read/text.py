"""The text: 117,659 entries of WordNet 3.0 ("words: gloss"), each with its class, in a training and a held-out split.

Held-out entries were never seen in the training of the shipped language model. The split goes by a hash of the
gloss, so that two entries with the same gloss are always on the same side, whatever order they come in.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import lzma
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from harness.errors import TextError

DATA = Path(__file__).parents[1] / "data"
WORDNET = DATA / "wordnet.jsonl.xz"
HELD_OUT_PART = 10  # one entry in ten
SPELLING_PROMPT = " has the first letter:"
SPELLING_ROWS = 6 / 32  # of the rows that activations are read from
TEXTS_AT_ONCE = 64  # few, so that little is fetched of a streamed data set beyond what is read
TEXT_VERSION = 1  # goes up whenever the same request would give other rows

Split = Literal["train", "heldout"]
ASK_FOR_FEWER: dict[Split, str] = {
    "train": "ask for fewer (--pool_tokens)",
    "heldout": "ask for fewer (--heldout_tokens)",
}


@dataclass(frozen=True)
class Entry:
    """One WordNet synset: its lexicographer class (`noun.animal`), its words and its gloss."""

    lexname: str
    words: tuple[str, ...]
    gloss: str

    @property
    def line(self) -> str:
        """What a language model reads: up to three words, a colon and the gloss."""
        return f"{', '.join(self.words[:3])}: {self.gloss}"


def split_of(gloss: str) -> Split:
    """The side of the split that a gloss is on; depends on nothing but its text."""
    digest = hashlib.sha256(gloss.encode()).digest()
    return "heldout" if int.from_bytes(digest[:4], "big") % HELD_OUT_PART == 0 else "train"


@lru_cache(maxsize=1)
def _all_entries() -> tuple[Entry, ...]:
    lines = lzma.decompress(WORDNET.read_bytes()).splitlines()
    rows = json.loads(b"[" + b",".join(lines) + b"]")  # all at once: half the time of line by line
    return tuple(Entry(row["lexname"], tuple(row["words"]), row["gloss"]) for row in rows)


@lru_cache(maxsize=2)
def entries(split: Split) -> tuple[Entry, ...]:
    """All entries of a split, in WordNet's order. Raises TextError for an unknown split."""
    if split not in get_args(Split):
        raise TextError(f"unknown split {split!r}: use one of {', '.join(get_args(Split))}")
    return tuple(entry for entry in _all_entries() if split_of(entry.gloss) == split)


@lru_cache(maxsize=1)
def text_hash() -> str:
    """A hash of the shipped text and of how rows are made of it."""
    return hashlib.sha256(WORDNET.read_bytes() + f"version {TEXT_VERSION}".encode()).hexdigest()[:24]


def spelling_words(tokenizer: Any) -> list[str]:
    """The tokens, as text, that are ASCII letters alone (a leading space allowed) and one token within a spelling line."""
    texts = {tokenizer.convert_tokens_to_string([token]) for token in tokenizer.get_vocab()}
    words = sorted(text for text in texts if text.removeprefix(" ").isascii() and text.removeprefix(" ").isalpha())
    if not words:
        raise TextError(
            "the tokenizer has no token of ASCII letters alone, which the spelling lines of the wordnet text need: "
            "read another data set (--dataset), or use another model"
        )
    lines = _encode(tokenizer, [f"\n{word}{SPELLING_PROMPT}" for word in words])
    length = min(map(len, lines))
    return [word for word, line in zip(words, lines, strict=True) if len(line) == length]


def letter_of(word: str) -> str:
    """The answer to a spelling line: the first letter, upper case, after a space."""
    return " " + word.strip()[0].upper()


def labelled(split: Split, classes: Sequence[str]) -> list[tuple[str, str]]:
    """(gloss, class) of every entry of these lexicographer classes, in WordNet's order: ready-made probing data.

    Raises TextError for a class that WordNet does not have.
    """
    known = {entry.lexname for entry in _all_entries()}
    unknown = sorted(set(classes) - known)
    if unknown:
        raise TextError(f"no such class of text: {', '.join(unknown)}. There are: {', '.join(sorted(known))}")
    return [(entry.gloss, entry.lexname) for entry in entries(split) if entry.lexname in classes]


@dataclass(frozen=True)
class TokenRows:
    """Rows of token ids, each as long as the context and with `<bos>` first, and which positions are read.

    `keep` is False at `<bos>`, `<eos>` and `<pad>`. Both are [rows, context].
    """

    ids: NDArray[np.int64]
    keep: NDArray[np.bool_]


def token_rows(tokenizer: Any, split: Split, tokens: int, context: int, seed: int = 0) -> TokenRows:
    """As many rows as hold `tokens` positions to read: 26 in 32 of WordNet's lines, 6 in 32 of spelling lines.

    Entries come in an order drawn by `seed`, one after the other, `<eos>` after each, cut wherever a row ends.
    Raises TextError where the split has fewer tokens.
    """
    text, spelling = _text_rows(tokenizer, split, context, seed), _spelling_rows(tokenizer, context, seed)
    return pack(_mixed(text, spelling), tokenizer, tokens, context, f"{split} text", ASK_FOR_FEWER[split])


def pack(rows: Iterable[list[int]], tokenizer: Any, tokens: int, context: int, source: str, fewer: str) -> TokenRows:
    """As many of the rows (each context − 1 ids) as hold `tokens` positions to read, each after a `<bos>`.

    A tokenizer without `<bos>` (GPT-2, GPT-NeoX) begins them with `<eos>`. Raises TextError, which names `source` and what
    to do (`fewer`) where the rows hold fewer tokens, and where the tokenizer has neither.
    """
    if tokens < 1 or context < 2:
        raise TextError(f"{tokens} tokens in texts of {context} cannot be read: at least 1 token and a context of 2")
    first = tokenizer.bos_token_id if tokenizer.bos_token_id is not None else tokenizer.eos_token_id
    if first is None:
        raise TextError(
            "the tokenizer has neither a <bos> nor an <eos> token, and one of them must begin each text: "
            "set tokenizer.bos_token and save it beside the model, or use another model"
        )
    special = np.array(sorted(set(tokenizer.all_special_ids)))
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


def packed(documents: Iterable[list[int]], tokenizer: Any, context: int) -> Iterator[list[int]]:
    """Documents of token ids, one after the other with `<eos>` after each, cut into rows of context − 1 ids."""
    end = [tokenizer.eos_token_id] if tokenizer.eos_token_id is not None else []
    flat: list[int] = []
    for document in documents:
        flat += document + end
        whole = len(flat) - len(flat) % (context - 1)
        yield from (flat[at : at + context - 1] for at in range(0, whole, context - 1))
        del flat[:whole]


def encoded(texts: Iterable[str], tokenizer: Any) -> Iterator[list[int]]:
    """The token ids of each text; tokenised as they are asked for."""
    waiting = iter(texts)
    while some := list(itertools.islice(waiting, TEXTS_AT_ONCE)):
        yield from _encode(tokenizer, some)


def _mixed(text: Iterator[list[int]], spelling: Iterator[list[int]]) -> Iterator[list[int]]:
    """Both, evenly spread, until one has no more rows."""
    for number in itertools.count(1):
        spell = int(number * SPELLING_ROWS) > int((number - 1) * SPELLING_ROWS)
        row = next(spelling if spell else text, None)
        if row is None:
            return
        yield row


def _text_rows(tokenizer: Any, split: Split, context: int, seed: int) -> Iterator[list[int]]:
    """The split's lines as rows of context − 1 ids; tokenised as they are asked for."""
    lines = [entry.line for entry in entries(split)]
    random.Random(seed).shuffle(lines)
    return packed(encoded(lines, tokenizer), tokenizer, context)


def _spelling_rows(tokenizer: Any, context: int, seed: int) -> Iterator[list[int]]:
    """Rows of "\\n{word} has the first letter: {X}", as many lines as fit; without end."""
    words, rng = spelling_words(tokenizer), random.Random(seed + 1)
    while True:
        drawn = [[rng.choice(words) for _ in range(context // 6 + 1)] for _ in range(64)]
        texts = ["".join(f"\n{word}{SPELLING_PROMPT}{letter_of(word)}" for word in row) for row in drawn]
        yield from (ids[: context - 1] for ids in _encode(tokenizer, texts))


def _encode(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    ids: list[list[int]] = tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
    return ids
