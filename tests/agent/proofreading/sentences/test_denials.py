"""Which words deny."""

from __future__ import annotations

import pytest

from agent.proofreading.sentences.denials import DENIES


@pytest.mark.parametrize(
    ("text", "denies"),
    [
        ("Nobody measured it.", True),
        ("It isn’t better.", True),
        ("It cannot be told.", True),
        ("Without noise no verdict is given.", True),
        ("Notes are kept.", False),
        ("The norm is one.", False),
    ],
)
def test_a_denial_is_a_word_of_its_own(text: str, denies: bool) -> None:
    """Particle, pronoun and the short form with either apostrophe deny; a word that begins alike does not."""
    assert (DENIES.search(text) is not None) is denies
