"""Numbers in words are read whole, whatever they are made of."""

from __future__ import annotations

import re

import pytest

from agent.proofreading.sentences.number_words import IN_WORDS, SEVERAL_IN_WORDS, count_of


@pytest.mark.parametrize(
    ("word", "count"),
    [("one", 1), ("Ten", 10), ("sixteen", 16), ("seventy", 70), ("twenty-five", 25), ("Ninety nine", 99), ("12", 12)],
)
def test_a_number_is_read_whole(word: str, count: int) -> None:
    """A teen is not its first letters, and what stands behind a hyphen belongs to it; digits are read too."""
    assert count_of(word) == count
    assert word.isdigit() or re.match(IN_WORDS, f"{word} seeds", re.IGNORECASE)[0] == word  # type: ignore[index]


@pytest.mark.parametrize("word", ["a", "dozen", "twenty-odd", ""])
def test_what_is_no_number_is_refused(word: str) -> None:
    """No word is taken for a number that it only resembles."""
    with pytest.raises(ValueError, match="invalid literal"):
        count_of(word)


@pytest.mark.parametrize(("text", "several"), [("one seed", False), ("two seeds", True), ("twenty-one seeds", True)])
def test_one_is_not_several(text: str, several: bool) -> None:
    """Twenty-one are, though they end in one."""
    assert (re.match(SEVERAL_IN_WORDS, text) is not None) == several
