"""The three splits of the shipped text: no text and no run of 13 tokens is in two of them."""

from __future__ import annotations

import itertools
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from harness.errors import TextError
from harness.evaluation.measures.prepared.sizes import SIZES
from harness.read import text
from harness.read.overlap import Runs
from harness.read.rows import tokenizer_hash
from harness.read.spelling import spelling_words, words_of
from harness.read.splits import SPLITS, Split, definition, side_of_word, was_read
from harness.read.text import divided, entries, entries_apart, labelled, spelling_token_rows, split_of, token_rows
from harness.scales import TINY

pytestmark = pytest.mark.process
PAIRS = list(itertools.combinations(SPLITS, 2))


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    from harness.read.lm import load_lm

    return load_lm().tokenizer


@lru_cache(maxsize=8)
def rows_read(tokenizer: Any, split: Split) -> list[list[int]]:
    """All rows of a split that are read at tiny scale: to train on, or by any eval."""
    wanted = TINY.pool_tokens if split == "train" else TINY.heldout_tokens
    parts = [token_rows(tokenizer, split, wanted, TINY.context)]
    if split != "train":
        parts += [token_rows(tokenizer, split, SIZES.core_rows * (TINY.context - 1), TINY.context, seed=1)]
        parts += [token_rows(tokenizer, split, SIZES.interpreted_tokens, TINY.context, seed=2)]
        parts += [spelling_token_rows(tokenizer, split, 4000, TINY.context, seed) for seed in (0, 1)]
    return [row[1:].tolist() for part in parts for row in part.ids]


@lru_cache(maxsize=8)
def glosses_read(tokenizer: Any, split: Split) -> list[list[int]]:
    """The glosses of a split as probes read them."""
    found: list[list[int]] = tokenizer([gloss for gloss, _ in labelled(tokenizer, split, SIZES.classes)])["input_ids"]
    return found


@pytest.mark.parametrize(("earlier", "later"), PAIRS)
def test_no_row_that_is_read_shares_a_run_of_13_tokens_with_one_of_another_split(
    tokenizer: Any, earlier: Split, later: Split
) -> None:
    """Rows of lines and of spelling lines as activations, cross-entropy and autointerp read them, and probes' glosses."""
    known = rows_read(tokenizer, earlier) + glosses_read(tokenizer, earlier)
    for part in (rows_read(tokenizer, later), glosses_read(tokenizer, later)):
        runs = Runs(part)
        runs.meet(known)
        assert not runs.met().any()
    assert not {tuple(row) for row in rows_read(tokenizer, later)} & set(map(tuple, known))


def test_the_test_for_shared_runs_trips(tokenizer: Any) -> None:
    """Without leaving anything out, and with the same words on both sides, rows do share runs."""
    lines = {
        name: [[*ids, 1] for ids in tokenizer([entry.line for entry in entries(name)])["input_ids"]] for name in SPLITS
    }
    for earlier, later in PAIRS:
        runs = Runs(lines[later])
        runs.meet(lines[earlier])
        assert runs.met().any()
    spelt = [spelling_token_rows(tokenizer, "train", 20_000, 128, seed).ids[:, 1:].tolist() for seed in (0, 7)]
    runs = Runs(spelt[0])
    runs.meet(spelt[1])
    assert runs.met().any()


def test_every_entry_is_in_one_split_or_left_out_and_counted(tokenizer: Any) -> None:
    """117,659 entries: nine in ten to train on, the rest in halves; what is left out is said with its reason."""
    kept = {name: entries_apart(tokenizer, name) for name in SPLITS}
    assert len(kept["train"]) == len(entries("train")) == sum(was_read(e.gloss) for e in text._all_entries())
    assert all(5500 < len(kept[name]) < 6000 for name in ("heldout", "confirm"))
    left_out = 117_659 - sum(map(len, kept.values()))
    known = 117_659 - sum(len(entries(name)) for name in SPLITS)
    assert 0 < known < 200 and known < left_out < 500
    said = divided(tokenizer)
    assert f"left out: {known} whose definition" in said and f"{left_out - known} that share 13 tokens" in said


def test_no_definition_is_in_two_splits() -> None:
    """Glosses that say the same with other examples, in other case or punctuation, are on one side."""
    meanings = {name: {definition(entry.gloss) for entry in entries(name)} for name in SPLITS}
    for one, other in PAIRS:
        assert not meanings[one] & meanings[other]
    assert all(not was_read(entry.gloss) for name in ("heldout", "confirm") for entry in entries(name))
    for entry in [*entries("heldout")[:50], *entries("confirm")[:50], *entries("train")[:50]]:
        plain = entry.gloss.split(";")[0]
        assert split_of(f"{plain.upper()} ; 'another example'") == split_of(entry.gloss)


def test_forms_of_a_word_are_on_one_side_and_each_split_has_every_frequent_letter(tokenizer: Any) -> None:
    """` Cat`, `cat` and `CAT` go together; three words in five train."""
    assert len({side_of_word(form) for form in ("cat", " cat", " Cat", "CAT ")}) == 1
    by_split = {name: spelling_words(tokenizer, name) for name in SPLITS}
    assert sum(map(len, by_split.values())) == len(spelling_words(tokenizer))
    assert 0.55 < len(by_split["train"]) / len(spelling_words(tokenizer)) < 0.65
    for name in ("heldout", "confirm"):
        assert {word.strip()[0].upper() for word in by_split[name]} >= set("ABCDEFGHILMNOPRSTUVW")
    with pytest.raises(TextError, match="none of the tokenizer's 1 spelling words is in the split"):
        words_of("heldout" if side_of_word("cat") != "heldout" else "confirm", ["cat"])


def test_what_is_left_out_is_looked_for_once_a_tokenizer(
    tokenizer: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is noted in the cache, for the same tokenizer however it pads; another tokenizer is asked anew."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path))
    monkeypatch.setattr(text, "_found", {})
    first = entries_apart(tokenizer, "heldout")
    monkeypatch.setattr(text, "_found", {})
    monkeypatch.setattr(text, "_search", lambda _: pytest.fail("it was looked for again"))
    tokenizer(["a"], padding="max_length", max_length=9, truncation=True)
    assert entries_apart(tokenizer, "heldout") == first
    before = tokenizer_hash(tokenizer)
    tokenizer.add_tokens(["zzyzx"])
    assert tokenizer_hash(tokenizer) != before


def test_held_out_rows_come_in_an_order_of_the_seed(tokenizer: Any) -> None:
    """Activations, cross-entropy and autointerp read other rows of a split, each always the same."""
    first, other = (token_rows(tokenizer, "confirm", 1000, 64, seed).ids for seed in (0, 1))
    assert not np.array_equal(first[:10], other[:10])
    assert np.array_equal(first, token_rows(tokenizer, "confirm", 1000, 64).ids)
