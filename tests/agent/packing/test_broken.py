"""A word that a page's end breaks is one word again, and what only looks so is left alone."""

from __future__ import annotations

import pytest

from agent.packing.checks.broken import mended

_KNOWN = {
    "the",
    "approximation",
    "is",
    "pre",
    "training",
    "pretraining",
    "and",
    "of",
    "head",
    "decoder",
    "well",
    "known",
}


@pytest.mark.parametrize(
    ("pages", "whole"),
    [
        (["the approx- 3", "Head of 4 imation is known"], ["the approximation 3", "Head of 4  is known"]),
        (["the Approx-", "imation"], ["the Approximation", ""]),
        (["the deco- der is pre- 3", "Head training"], ["the deco- der is pre- 3", "Head training"]),
        (["pre- and pretraining 3", "Head training"], ["pre- and pretraining 3", "Head training"]),
        (["it is well- known 3", "Head of"], ["it is well- known 3", "Head of"]),
        (["the", "Head of"], ["the", "Head of"]),
    ],
)
def test_only_what_gives_a_word_of_the_paper_is_put_together(pages: list[str], whole: list[str]) -> None:
    """Foot and head stand between the parts; two words of the paper, and what a line's end broke, stay as they are."""
    assert mended(pages, _KNOWN) == whole


def test_words_that_a_forger_adds_are_no_parts() -> None:
    """Nothing is put together without a hyphen at the first."""
    assert mended(["the approx 3", "imation"], _KNOWN) == ["the approx 3", "imation"]
