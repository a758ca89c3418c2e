"""The text: 117,659 entries of WordNet 3.0 ("words: gloss"), each with its class, in three splits (harness/read/splits.py).

    train      what the shipped language model was trained on: nine glosses in ten
    heldout    of the rest, half: what a search scores by
    confirm    the other half, which no search reads

Two glosses with the same definition are on the same side, whatever their examples: a definition that the language model has
read is in neither of the others. Nor is an entry that shares a run of 13 tokens with one of an earlier split.
"""

from __future__ import annotations

import bisect
import hashlib
import itertools
import json
import logging
import lzma
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.errors import TextError
from harness.read.overlap import RUN, Runs
from harness.read.rows import ASK_FOR_FEWER, TokenRows, encoded, ending, pack, packed, tokenizer_hash
from harness.read.spelling import spelling_rows
from harness.read.splits import BEFORE, SPLITS, Split, check_split, definition, side_if_unread, was_read
from harness.store.memo import recall, remember

log = logging.getLogger(__name__)

DATA = Path(__file__).parents[1] / "data"
WORDNET = DATA / "wordnet.jsonl.xz"
SPELLING_ROWS = 6 / 32  # of the rows that an SAE is trained on
TEXT_VERSION = 2  # goes up whenever the same request would give other rows
EDGE = RUN - 3  # tokens at the edge of a line
OVERLAP = "overlap"  # in the cache: which entries share a run of tokens with an earlier split


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


@lru_cache(maxsize=1)
def _all_entries() -> tuple[Entry, ...]:
    lines = lzma.decompress(WORDNET.read_bytes()).splitlines()
    rows = json.loads(b"[" + b",".join(lines) + b"]")  # all at once: half the time of line by line
    return tuple(Entry(row["lexname"], tuple(row["words"]), row["gloss"]) for row in rows)


@lru_cache(maxsize=1)
def _unread() -> frozenset[str]:
    """The definitions of which the shipped language model has read no gloss."""
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for entry in _all_entries():
        found[was_read(entry.gloss)].add(definition(entry.gloss))
    return frozenset(found[False] - found[True])


def split_of(gloss: str) -> Split:
    """The side of a gloss of WordNet: that of its definition."""
    meaning = definition(gloss)
    return side_if_unread(meaning) if meaning in _unread() else "train"


@lru_cache(maxsize=len(SPLITS))
def entries(split: Split) -> tuple[Entry, ...]:
    """All entries of a split, in WordNet's order. Raises TextError for an unknown split.

    In none are those that the language model has not read, but whose definition it has (`divided` counts them).
    """
    check_split(split)
    mine = (entry for entry in _all_entries() if split_of(entry.gloss) == split)
    return tuple(entry for entry in mine if split != "train" or was_read(entry.gloss))


def entries_apart(tokenizer: Any, split: Split) -> tuple[Entry, ...]:
    """The entries of a split that share no run of 13 tokens with one of an earlier split, in WordNet's order."""
    if not BEFORE[split]:
        return entries(split)
    left_out = frozenset(_overlapping(tokenizer)[split])
    return tuple(entry for number, entry in enumerate(entries(split)) if number not in left_out)


def divided(tokenizer: Any) -> str:
    """How WordNet is divided, and how many entries are in no split: for a log."""
    return _said(_overlapping(tokenizer))


def _said(overlapping: Mapping[Split, Sequence[int]]) -> str:
    sizes = ", ".join(f"{name} {len(entries(name)) - len(overlapping[name]):,}" for name in SPLITS)
    known = len(_all_entries()) - sum(len(entries(name)) for name in SPLITS)
    shared = sum(map(len, overlapping.values()))
    return (
        f"wordnet: {sizes} entries; left out: {known} whose definition is in the training text with other examples, "
        f"{shared} that share {RUN} tokens in a row with an earlier split"
    )


def _overlapping(tokenizer: Any) -> dict[Split, list[int]]:
    """Of each split, the numbers of the entries that share a run with one of an earlier split: found once a tokenizer."""
    about = f"{text_hash()} {RUN} {ending(tokenizer)} {tokenizer_hash(tokenizer)}"
    if (known := _found.get(about)) is None:
        noted = recall(OVERLAP, about)
        known = json.loads(noted) if noted else _search(tokenizer)
        if not noted:
            remember(OVERLAP, about, json.dumps(known))
        _found[about] = known
    return known


_found: dict[str, dict[Split, list[int]]] = {}  # in this process


def _search(tokenizer: Any) -> dict[Split, list[int]]:
    """By lines, as rows hold them, by their edges, and by how glosses begin, which probes read after a `<bos>`."""
    log.info("looking for held-out text that stands in the training text too")
    end = ending(tokenizer)
    parts: list[tuple[int, dict[Split, list[list[int]]]]] = []  # by length of a run
    lines = {name: list(encoded([entry.line for entry in entries(name)], tokenizer)) for name in SPLITS}
    parts.append((RUN, {name: [[*ids, *end] for ids in found] for name, found in lines.items()}))
    # A row goes on with another line: a run across both has at most two tokens of the other, or is a chance of one in millions.
    parts.append((EDGE + 1, {name: [[*end, *ids[:EDGE]] for ids in found] for name, found in lines.items()}))
    parts.append((EDGE + 1, {name: [[*ids[-EDGE:], *end] for ids in found] for name, found in lines.items()}))
    found: dict[Split, list[int]] = {}
    for name, before in BEFORE.items():
        met = np.zeros(len(lines[name]), bool)
        for run, texts in parts:
            runs = Runs(texts[name], run)
            for earlier in before:
                runs.meet(texts[earlier])
            met |= runs.met()
        met |= _begin_alike(tokenizer, entries(name), [entry.gloss for each in before for entry in entries(each)])
        found[name] = met.nonzero()[0].tolist()
    log.info("%s", _said(found))
    return found


def _begin_alike(tokenizer: Any, own: Sequence[Entry], earlier: list[str]) -> NDArray[np.bool_]:
    """Of each entry, whether another gloss begins with the text of its gloss's first tokens, one less than a run."""
    earlier, found = sorted(earlier), np.zeros(len(own), bool)
    if not earlier:
        return found
    for number, ids in enumerate(encoded([entry.gloss for entry in own], tokenizer)):
        if len(ids) >= RUN - 1:
            beginning = tokenizer.decode(ids[: RUN - 1])
            at = bisect.bisect_left(earlier, beginning)
            found[number] = at < len(earlier) and earlier[at].startswith(beginning)
    return found


@lru_cache(maxsize=1)
def text_hash() -> str:
    """A hash of the shipped text and of how rows are made of it."""
    return hashlib.sha256(WORDNET.read_bytes() + f"version {TEXT_VERSION}".encode()).hexdigest()[:24]


def labelled(tokenizer: Any, split: Split, classes: Sequence[str]) -> list[tuple[str, str]]:
    """(gloss, class) of every entry of these lexicographer classes, in WordNet's order: ready-made probing data.

    Of held-out ones, those that share no run of 13 tokens with an earlier split. Raises TextError for a class that WordNet
    does not have.
    """
    known = {entry.lexname for entry in _all_entries()}
    unknown = sorted(set(classes) - known)
    if unknown:
        raise TextError(f"no such class of text: {', '.join(unknown)}. There are: {', '.join(sorted(known))}")
    return [(entry.gloss, entry.lexname) for entry in entries_apart(tokenizer, split) if entry.lexname in classes]


def token_rows(tokenizer: Any, split: Split, tokens: int, context: int, seed: int = 0) -> TokenRows:
    """As many rows as hold `tokens` positions to read.

    Of the training split 26 in 32 are WordNet's lines and 6 spelling lines; of the others all are WordNet's lines, since
    two spelling lines differ in two tokens of eight (`spelling_token_rows` has theirs). Entries come in an order drawn by
    `seed`, one after the other, `<eos>` after each, cut wherever a row ends. Raises TextError where the split has fewer tokens.
    """
    check_split(split)
    rows = _text_rows(tokenizer, split, context, seed)
    if split == "train":
        rows = _mixed(rows, spelling_rows(tokenizer, split, context, seed))
    return pack(rows, tokenizer, tokens, context, f"{split} text", ASK_FOR_FEWER[split])


def spelling_token_rows(tokenizer: Any, split: Split, tokens: int, context: int, seed: int = 0) -> TokenRows:
    """As many rows of spelling lines of the split's words as hold `tokens` positions to read."""
    check_split(split)
    rows = spelling_rows(tokenizer, split, context, seed)
    return pack(rows, tokenizer, tokens, context, f"{split} spelling lines", ASK_FOR_FEWER[split])


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
    lines = [entry.line for entry in entries_apart(tokenizer, split)]
    random.Random(seed).shuffle(lines)
    return packed(encoded(lines, tokenizer), tokenizer, context)
