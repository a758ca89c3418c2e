"""Three splits: to train on, to search by (`heldout`), and to confirm by (`confirm`), which no search reads.

What is on which side is told by a hash of the content alone, so that it stays there whatever is read beside it. What a
hash cannot see, that two texts are nearly the same, is harness/read/overlap.py's to find.
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal, get_args

from harness.errors import TextError

Split = Literal["train", "heldout", "confirm"]
SPLITS: tuple[Split, ...] = get_args(Split)
HELD_OUT = SPLITS[1:]
BEFORE: dict[Split, tuple[Split, ...]] = {"train": (), "heldout": ("train",), "confirm": ("train", "heldout")}
DOCUMENT_PARTS = 10  # of documents, one in so many is held out, and one confirms
WORD_PARTS = 5  # of spelling words, likewise


def check_split(split: str) -> None:
    """Raises TextError for a split that there is not."""
    if split not in SPLITS:
        raise TextError(f"unknown split {split!r}: use one of {', '.join(SPLITS)}")


def side_of(document: str) -> Split:
    """The side of a document of a data set: eight in ten train, one is held out, one confirms."""
    return _part(document, DOCUMENT_PARTS)


def side_of_word(word: str) -> Split:
    """The side of a word: 3 in 5 train. A word's forms (`cat`, ` cat`, ` Cat`) are on the same one."""
    return _part(word.strip().lower(), WORD_PARTS)


def definition(gloss: str) -> str:
    """What two glosses share that say the same with other examples: up to the first ";", without case and spacing."""
    return re.sub(r"\W+", " ", gloss.split(";")[0].lower()).strip()


def side_if_unread(meaning: str) -> Split:
    """The side of a definition that the shipped language model has not read: half are held out, half confirm."""
    return "heldout" if _number(f"confirm {meaning}") % 2 == 0 else "confirm"  # apart from the number of `was_read`


def was_read(gloss: str) -> bool:
    """Whether a gloss is among those that the shipped language model was trained on: nine in ten, by the whole gloss."""
    return _number(gloss) % 10 != 0  # as it was built


def _part(content: str, parts: int) -> Split:
    """One part in so many is held out, one confirms, the others train."""
    number = _number(content) % parts
    return "heldout" if number == 0 else "confirm" if number == 1 else "train"


def _number(content: str) -> int:
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:4], "big")
