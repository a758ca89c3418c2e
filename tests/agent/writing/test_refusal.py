"""A refusal is no section."""

from __future__ import annotations

import pytest

from agent.writing.refusal import refusals


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't help with that.",
        "I’m sorry, I can’t assist with that request.",
        "Sorry, no.",
        "I cannot write this section.",
        "As an AI language model, I do not write papers.",
        "**I am unable to do this.**",
        "Unfortunately, I can't do that.",
        "As a language model, I do not have access to the code, so this section cannot be written.",
        "Could you please provide the code of the experiment? Then I will write the section.",
    ],
)
def test_a_refusal_is_told(answer: str) -> None:
    """However it is put."""
    assert len(refusals(answer)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "We cannot tell the two apart within noise, since one seed was run.",
        "Averaging is old. I'm sorry stands in the middle.",
        "The noise cannot be removed.",
        "Sorrynote",
    ],
)
def test_a_text_is_none(answer: str) -> None:
    """A section may begin with what it cannot show, and speak of refusals."""
    assert refusals(answer) == []
