"""The text: 117,659 entries of WordNet 3.0 ("words: gloss"), each with its class, in a training and a held-out split.

Held-out entries were never seen in the training of the shipped language model. The split goes by a hash of the
gloss, so that two entries with the same gloss are always on the same side, whatever order they come in.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from harness.errors import TextError

DATA = Path(__file__).parent / "data"
WORDNET = DATA / "wordnet.jsonl.xz"
HELD_OUT_PART = 10  # one entry in ten
SPELLING_PROMPT = " has the first letter:"
SPELLING_ROWS = 6 / 32  # of the rows that activations are read from

Split = Literal["train", "heldout"]
Tokens = NDArray[np.int64]


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
    with lzma.open(WORDNET, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return tuple(Entry(row["lexname"], tuple(row["words"]), row["gloss"]) for row in rows)


@lru_cache(maxsize=2)
def entries(split: Split) -> tuple[Entry, ...]:
    """All entries of a split, in WordNet's order. Raises TextError for an unknown split."""
    if split not in get_args(Split):
        raise TextError(f"unknown split {split!r}: use one of {', '.join(get_args(Split))}")
    return tuple(entry for entry in _all_entries() if split_of(entry.gloss) == split)


def spelling_words(tokenizer: Any) -> list[str]:
    """The tokens, as text, that are ASCII letters alone (a leading space allowed) and one token within a spelling line."""
    texts = {tokenizer.convert_tokens_to_string([token]) for token in tokenizer.get_vocab()}
    words = sorted(text for text in texts if text.removeprefix(" ").isascii() and text.removeprefix(" ").isalpha())
    lines = tokenizer([f"\n{word}{SPELLING_PROMPT}" for word in words], add_special_tokens=False)["input_ids"]
    length = min(map(len, lines))
    return [word for word, line in zip(words, lines, strict=True) if len(line) == length]


def letter_of(word: str) -> str:
    """The answer to a spelling line: the first letter, upper case, after a space."""
    return " " + word.strip()[0].upper()
