"""What the shipped language model knows, and that it is too little for RAVEL."""

from __future__ import annotations

import pytest

from harness.evaluation.measures import knowledge
from harness.read.lm import LM

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


def test_the_shipped_model_knows_letters_and_nothing_else(lm: LM) -> None:
    """The measured reason for which RAVEL is out of reach: one attribute known, three no better than one answer for all."""
    found = knowledge.knowledge(lm, sample=150)
    assert {each.attribute: each.is_known for each in found} == {
        "first letter": True,
        "opening of its gloss": False,
        "nationality": False,
        "occupation": False,
    }
    said = knowledge.shortfall(found)
    assert len(said) == 1 and "first letter of a word 0.9" in said[0] and "nationality" in said[0]


def test_two_known_attributes_of_one_kind_are_enough() -> None:
    """Two of one kind will do; two of different kinds will not; a frequent answer is no knowledge."""
    letter = knowledge.Known("word", "letter", 0.99, 0.1, 10)
    assert knowledge.shortfall([letter, knowledge.Known("word", "class", 0.8, 0.5, 10)]) == []
    assert knowledge.shortfall([letter, knowledge.Known("person", "class", 0.8, 0.5, 10)])
    assert knowledge.shortfall([letter, knowledge.Known("word", "class", 0.8, 0.75, 10)])
