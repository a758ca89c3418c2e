"""Sentences as models write them: honest ones pass, dishonest ones are stopped, but for those that are named here."""

from __future__ import annotations

import pytest

from agent.proofreading.problems import problems_of
from tests.agent.proofreading.said import said
from tests.world.study import evidence

PASSES = frozenset({"This guarantees that features are disentangled."})
"""Known to pass: whether a word of it is a result, only its field could say."""


@pytest.mark.parametrize(("kind", "text"), said("honest"))
def test_an_honest_sentence_passes(kind: str, text: str) -> None:
    """Verdicts, hedges, plans, definitions, set-up, and what others found."""
    assert problems_of(text, evidence(), latex=True) == [], kind


@pytest.mark.parametrize(("kind", "text"), said("dishonest"))
def test_a_dishonest_sentence_is_stopped(kind: str, text: str) -> None:
    """Whatever stands around it: a citation, a word of hope, a verdict that says otherwise."""
    assert bool(problems_of(text, evidence(), latex=True)) is (text not in PASSES), kind


def test_there_are_many_of_each_kind() -> None:
    """Sixty honest ones and eighty dishonest ones at least, and of each dishonest kind three."""
    honest, dishonest = said("honest"), said("dishonest")
    assert len(honest) >= 60
    assert len(dishonest) >= 80
    kinds = [kind for kind, _ in dishonest]
    assert all(kinds.count(kind) >= 3 for kind in kinds)
