"""Sentences as models write them: honest ones pass, dishonest ones are stopped, but for those that are named here."""

from __future__ import annotations

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.problems import problems_of
from tests.agent.proofreading.said import said
from tests.world.fresh_seeds import confirmed_and_not, tried
from tests.world.study import REPORTED, results

EVIDENCE = Evidence(results(), REPORTED)
CONFIRMED = Evidence(tried(confirmed_and_not()), REPORTED)
"""The same study after fresh seeds: run 3 confirmed on explained variance, and not on mse."""
PASSES = frozenset(
    {
        "\\caption{Overlap of co-active latents: nearly diagonal for run 3, diffuse for the baseline.}",
        "Without the penalty, absorption would be twice as high.",
        "Averaging smooths out noise and thereby lowers mse by [[run_3.mse.delta]].",
        "Absorption, the main failure of sparse autoencoders, is largely gone in run 2.",
        "Run 1 is [[run_1.mse.verdict]] on mse, which nevertheless supports the penalty.",
    }
)
"""Known to pass: words that only their field tells to be a result, a metric in another clause than its verb, what would have been."""


@pytest.mark.parametrize(("kind", "text"), said("honest"))
def test_an_honest_sentence_passes(kind: str, text: str) -> None:
    """Verdicts, hedges, plans, definitions, set-up, and what others found."""
    assert problems_of(text, EVIDENCE, latex=True) == [], kind


@pytest.mark.parametrize(("kind", "text"), said("dishonest"))
def test_a_dishonest_sentence_is_stopped(kind: str, text: str) -> None:
    """Whatever stands around it: a citation, a word of hope, a verdict that says otherwise."""
    assert bool(problems_of(text, EVIDENCE, latex=True)) is (text not in PASSES), kind


@pytest.mark.parametrize(("kind", "text"), said("honest_confirmed"))
def test_an_honest_sentence_passes_after_fresh_seeds(kind: str, text: str) -> None:
    """Also on what failed, was dropped, was not comparable and was not confirmed."""
    assert problems_of(text, CONFIRMED, latex=True) == [], kind


@pytest.mark.parametrize(("kind", "text"), said("dishonest_confirmed"))
def test_a_dishonest_sentence_is_stopped_after_fresh_seeds(kind: str, text: str) -> None:
    """In the manner of abstracts, results, captions and conclusions."""
    assert bool(problems_of(text, CONFIRMED, latex=True)) is (text not in PASSES), kind


def test_there_are_many_of_each_kind() -> None:
    """Sixty honest ones and eighty dishonest ones at least, and of each dishonest kind three."""
    honest, dishonest = said("honest"), said("dishonest")
    assert len(honest) >= 60
    assert len(dishonest) >= 80
    kinds = [kind for kind, _ in dishonest]
    assert all(kinds.count(kind) >= 3 for kind in kinds)
