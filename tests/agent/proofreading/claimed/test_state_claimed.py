"""What "is" says of a thing: how it is made may be said, how good it is may not."""

from __future__ import annotations

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.problems import problems_of
from tests.world.study import REPORTED, results

EVIDENCE = Evidence(results(), REPORTED)


@pytest.mark.parametrize(
    "text",
    [
        "The corpus is simulated.",
        "The loss is bounded below by zero.",
        "Without a constraint on the norm the problem is ill-posed.",
        "Both terms are convex in the codes.",
        "The threshold is soft.",
        "Whether it matters for readers is debated.",
        "Interpretability in the narrow sense was out of scope.",
    ],
)
def test_how_a_thing_is_may_be_said(text: str) -> None:
    """Adjectives and participles that describe, of anything but a result."""
    assert problems_of(text, EVIDENCE, latex=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "The threshold is well-chosen.",
        "Reconstruction is preserved.",
        "The features are disambiguated.",
        "A cosine is enough for us.",
        "The mse of run 3 is soft.",
        "Run 3 is out of this world.",
    ],
)
def test_how_good_it_is_is_a_claim(text: str) -> None:
    """Words that judge, and whatever is said of a result."""
    assert problems_of(text, EVIDENCE, latex=True)


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("The features come out of it in order.", True),
        ("Latents of run 3 each know their place.", True),
        ("Two features share a token.", False),
        ("The weight of run 3 comes from the idea.", False),
    ],
)
def test_what_training_left_does_nothing_without_evidence(text: str, claims: bool) -> None:
    """Of features and of a run's latents a plain verb claims; not of any features, nor of what is set."""
    assert bool(problems_of(text, EVIDENCE, latex=True)) is claims


@pytest.mark.parametrize(
    "text",
    [
        "There is no evidence here that the penalty lowers absorption.",
        "We lack the runs to say that the decay causes the gain.",
        "A demonstration that the effect carries over to other layers is still to be given.",
        "A proof that the penalty converges is missing.",
        "None of the runs demonstrates that orthogonality improves interpretability.",
        "It is too early to recommend the cosine.",
        "Higher bars mean more absorption.",
        "Points above the band are better than the baseline.",
        "The first attempt failed with a shape mismatch and was repaired.",
    ],
)
def test_lack_of_evidence_is_no_claim(text: str) -> None:
    """What is denied, missing, too early to say, how a figure is read, and how an attempt went on."""
    assert problems_of(text, EVIDENCE, latex=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "There is no sign that the penalty costs reconstruction.",
        "Reconstruction must recover.",
        "On mse run 2 is [[run_2.mse.verdict]], which a larger model would turn into a gain.",
        "While \\citet{one} hold that absorption is inevitable, with a decay it is not.",
        "Run 3 takes the best from both.",
        "On mse run 1 is [[run_1.mse.verdict]]: the penalty helps the fit.",
    ],
)
def test_what_looks_excused_is_a_claim(text: str) -> None:
    """No sign of harm, a must, a would that foretells, a citation before one's own words, a degree, help beside a loss."""
    assert problems_of(text, EVIDENCE, latex=True)
