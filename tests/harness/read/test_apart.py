"""Held-out rows of a data set: nothing of them stands in the text of an earlier split, whatever is planted there."""

from __future__ import annotations

import itertools
import json
import logging
import random
from pathlib import Path
from typing import Any

import pytest
from transformers import AutoTokenizer

from harness.errors import TextError
from harness.read.corpus import rows_of
from harness.read.lm import LOCAL_MODEL
from harness.read.overlap import RUN, Runs
from harness.read.splits import SPLITS, Split, side_of
from harness.read.text import DATA, entries

pytestmark = pytest.mark.process
CONTEXT, POOL, HELD_OUT = 64, 20_000, 2_000


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(DATA / LOCAL_MODEL)


@pytest.fixture(scope="module")
def documents() -> list[str]:
    """1,200 documents of three lines of WordNet, in a row of which many are planted in another document.

    Copied whole, with another beginning, with a word exchanged, and a passage put into the middle of another text.
    """
    rng = random.Random(0)
    lines = [entry.line for entry in rng.sample(entries("train"), 3600)]
    texts = [". ".join(lines[at : at + 3]) for at in range(0, 3600, 3)]
    for number in range(0, 1200, 8):
        words = texts[rng.randrange(1200)].split(" ")
        piece = " ".join(words[2:28])
        kind = number // 8 % 4
        if kind == 0:
            texts.append(texts[number])
        elif kind == 1:
            texts.append(f"Copied on page {number}: {texts[number]}")
        elif kind == 2:
            texts.append(texts[number].replace(" a ", " some ", 1))
        else:
            texts[number] += f" {piece} and so on"
    rng.shuffle(texts)
    return texts


def jsonl(folder: Path, texts: list[Any], column: str = "text") -> str:
    path = folder / "texts.jsonl"
    path.write_text("".join(json.dumps({column: text}) + "\n" for text in texts))
    return str(path)


def read(path: str, tokenizer: Any, split: Split, tokens: int = 0) -> list[list[int]]:
    wanted = tokens or (POOL if split == "train" else HELD_OUT)
    return [row[1:].tolist() for row in rows_of(path, tokenizer, split, wanted, CONTEXT, pool_tokens=POOL).ids]


@pytest.mark.parametrize("as_ids", [False, True])
def test_no_row_shares_a_run_with_another_split_whatever_is_planted(
    tokenizer: Any, documents: list[str], tmp_path: Path, as_ids: bool
) -> None:
    """Duplicates and near-duplicates across documents, of texts and of token ids: every pair of splits is apart."""
    given: list[Any] = tokenizer(documents, add_special_tokens=False)["input_ids"] if as_ids else documents
    path = jsonl(tmp_path, given, "input_ids" if as_ids else "text")
    rows = {split: read(path, tokenizer, split) for split in SPLITS}
    for earlier, later in itertools.combinations(SPLITS, 2):
        runs = Runs(rows[later])
        runs.meet(rows[earlier])
        assert not runs.met().any(), (earlier, later)
    assert all(len(found) > 20 for found in rows.values())


def test_without_the_comparison_the_planted_text_is_on_both_sides(tokenizer: Any, documents: list[str]) -> None:
    """The split by a hash alone lets near-duplicates through: the test above can fail."""
    sides = {
        split: tokenizer([text for text in documents if side_of(text) == split], add_special_tokens=False)["input_ids"]
        for split in SPLITS
    }
    for earlier, later in itertools.combinations(SPLITS, 2):
        runs = Runs(sides[later])
        runs.meet(sides[earlier])
        assert runs.met().any()
    whole = {text for text in documents if documents.count(text) > 1}
    assert whole and all(len({side_of(text) for text in (text, text)}) == 1 for text in whole)


def test_what_is_left_out_is_counted_in_the_log(
    tokenizer: Any, documents: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """How many rows, of how many, and why; nothing where nothing is."""
    caplog.set_level(logging.INFO)
    read(jsonl(tmp_path, documents), tokenizer, "confirm")
    [said] = [line for line in caplog.messages if line.startswith("confirm text of the data set")]
    assert "rows left out: 13 tokens in a row stand in train text or heldout text)" in said
    caplog.clear()
    plain = [f"{number} {' '.join(random.Random(number).choices('abcdefghij', k=80))}" for number in range(1000)]
    read(jsonl(tmp_path, plain), tokenizer, "heldout")
    [said] = [line for line in caplog.messages if line.startswith("heldout text of the data set")]
    assert "left out" not in said


def test_more_is_read_where_much_is_left_out(tokenizer: Any, tmp_path: Path) -> None:
    """A data set whose first half is one text over and over: rows come from behind it, as many as are asked for."""
    rng = random.Random(1)
    licence = " ".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=200))
    texts = [f"{number} {licence}" for number in range(600)]
    texts += [f"{number} {' '.join(rng.choices('abcdefghijklmnopqrstuvwxyz', k=200))}" for number in range(600)]
    path = jsonl(tmp_path, texts)
    rows = read(path, tokenizer, "heldout", 4000)
    assert sum(map(len, rows)) >= 4000
    runs = Runs(rows)
    runs.meet([tokenizer(licence, add_special_tokens=False)["input_ids"]])
    assert not runs.met().any()


def test_a_data_set_that_is_one_text_has_nothing_held_out(tokenizer: Any, tmp_path: Path) -> None:
    """The message says how many rows were left out, and why; it does not go on reading for ever."""
    texts = [f"{number} {' '.join('abcdefghijklmnopqrstuvwxyz')}" for number in range(300)]
    with pytest.raises(TextError, match=r"rows left out: 13 tokens in a row stand in train text\) has only \d+ tokens"):
        read(jsonl(tmp_path, texts), tokenizer, "heldout", 500)


def test_text_beyond_what_is_trained_on_is_not_compared(tokenizer: Any, tmp_path: Path) -> None:
    """A copy far behind what a run reads does no harm; with a larger pool it is in the way."""
    rng = random.Random(2)
    plain = [f"{number} {' '.join(rng.choices('abcdefghijklmnopqrstuvwxyz', k=60))}" for number in range(1500)]
    held_out = [text for text in plain if side_of(text) == "heldout"]
    copies = [f"again {text}" for text in held_out[:10]]
    path = jsonl(tmp_path, plain + [copy for copy in copies if side_of(copy) == "train"])
    few, many = (rows_of(path, tokenizer, "heldout", 600, CONTEXT, pool_tokens=pool).ids for pool in (1000, 10**6))
    assert few[:, 1:].tolist() != many[:, 1:].tolist()


def test_texts_shorter_than_a_run_are_compared_whole(tokenizer: Any, documents: list[str], tmp_path: Path) -> None:
    """With a context of 9 a row has 8 tokens: none of them stands in the training text."""
    path = jsonl(tmp_path, documents)
    rows = [row[1:].tolist() for row in rows_of(path, tokenizer, "heldout", 300, 9, pool_tokens=POOL).ids]
    assert RUN > 8
    runs = Runs(rows, 8)
    runs.meet(
        tokenizer([text for text in documents if side_of(text) == "train"], add_special_tokens=False)["input_ids"]
    )
    assert not runs.met().any()
