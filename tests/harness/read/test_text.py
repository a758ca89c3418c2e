"""The text, its split, and the rows that a language model reads."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any

import numpy as np
import pytest

from harness.errors import TextError
from harness.read.lm import load_lm
from harness.read.spelling import SPELLING_PROMPT, letter_of, spelling_words
from harness.read.splits import Split, side_of_word
from harness.read.text import entries, labelled, spelling_token_rows, token_rows

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return load_lm().tokenizer


def test_a_line_is_at_most_three_words_and_the_gloss() -> None:
    """What the model reads of an entry with five words."""
    entry = next(entry for entry in entries("train") if len(entry.words) == 5)
    assert entry.line == f"{entry.words[0]}, {entry.words[1]}, {entry.words[2]}: {entry.gloss}"


def test_labelled_glosses_are_of_the_classes_asked_for(tokenizer: Any) -> None:
    """Glosses come with their class; an unknown class is named together with those there are."""
    found = labelled(tokenizer, "heldout", ["noun.animal", "noun.plant"])
    assert {label for _, label in found} == {"noun.animal", "noun.plant"}
    assert len(found) > 700
    with pytest.raises(TextError, match=r"noun\.dragon.*noun\.animal"):
        labelled(tokenizer, "train", ["noun.animal", "noun.dragon"])


def test_an_unknown_split_is_refused() -> None:
    """The message names the splits there are."""
    with pytest.raises(TextError, match="'test': use one of train, heldout, confirm"):
        entries("test")


def test_rows_fill_the_context_and_keep_no_special_token(tokenizer: Any) -> None:
    """Every row begins with <bos>; what is read is neither <bos>, <eos> nor <pad>, and is as much as was asked for."""
    rows = token_rows(tokenizer, "heldout", 5000, 64)
    assert rows.ids.shape == rows.keep.shape == (len(rows.ids), 64)
    assert (rows.ids[:, 0] == tokenizer.bos_token_id).all()
    assert (rows.ids[rows.keep] > 2).all()
    assert (rows.ids[~rows.keep] <= 2).all()
    assert 5000 <= rows.keep.sum() < 5000 + 64


def test_rows_to_train_on_are_a_mixture_of_lines_and_spelling_lines(tokenizer: Any) -> None:
    """Six rows in 32 spell, evenly spread, with right answers; the rest is text of the split alone."""
    rows = token_rows(tokenizer, "train", 32 * 120, 128)
    texts = [tokenizer.decode(row[1:]) for row in rows.ids[:32]]
    spelling = [text for text in texts if text.count(" has the first letter:") > 10]
    assert len(spelling) == 6
    for line in "".join(spelling).split("\n")[1:-1]:
        word, _, answer = line.partition(" has the first letter:")
        assert not answer or answer == letter_of(word)
    whole = "\n".join(entry.line for entry in entries("train"))
    pieces = [piece for text in texts if text not in spelling for piece in text.split("<eos>")]
    assert all(piece in whole for piece in pieces)


@pytest.mark.parametrize("split", ["heldout", "confirm"])
def test_held_out_rows_are_lines_alone_and_spelling_rows_spell_the_splits_words(tokenizer: Any, split: Split) -> None:
    """What is scored are glosses; the spelling lines are a text of their own, of words of the split."""
    rows = token_rows(tokenizer, split, 32 * 120, 128)
    texts = [tokenizer.decode(row[1:]) for row in rows.ids]
    own = "\n".join(entry.line for entry in entries(split))
    assert all(piece in own for text in texts for piece in text.split("<eos>"))
    spelt = [tokenizer.decode(row[1:]) for row in spelling_token_rows(tokenizer, split, 2000, 128).ids]
    words = {line.split(SPELLING_PROMPT)[0] for text in spelt for line in text.split("\n")[1:-1]}
    assert len(words) > 100
    assert {side_of_word(word) for word in words} == {split}


def test_rows_depend_on_the_seed_alone(tokenizer: Any) -> None:
    """The same seed gives the same rows, another seed others; asking for fewer gives the same beginning."""
    first, same, other = (token_rows(tokenizer, "heldout", 3000, 128, seed).ids for seed in (0, 0, 1))
    assert np.array_equal(first, same)
    assert not np.array_equal(first[:20], other[:20])
    assert np.array_equal(token_rows(tokenizer, "heldout", 1000, 128).ids, first[:9])


def test_more_tokens_than_the_text_has_are_refused(tokenizer: Any) -> None:
    """The message says how many there are."""
    with pytest.raises(
        TextError,
        match=r"heldout text has only 1\d{5} tokens.*1000000 were asked for: ask for fewer \(--heldout_tokens\)",
    ):
        token_rows(tokenizer, "heldout", 1_000_000, 128)
    with pytest.raises(TextError, match="at least 1 token"):
        token_rows(tokenizer, "heldout", 0, 128)


def test_spelling_words_cover_every_letter_and_are_one_token(tokenizer: Any) -> None:
    """7,891 words, all letters of the alphabet among their answers, each word one token in its line."""
    words = spelling_words(tokenizer)
    assert len(words) == 7891
    assert {letter_of(word) for word in words} == {f" {letter}" for letter in ascii_uppercase}
    lines = tokenizer([f"\n{word} has the first letter:" for word in words], add_special_tokens=False)["input_ids"]
    assert {len(line) for line in lines} == {7}
