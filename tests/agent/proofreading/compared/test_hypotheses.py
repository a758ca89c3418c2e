"""Hypotheses in texts: the conclusion gives the outcome of each, and nobody types one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.compared.hypotheses import unspoken
from agent.proofreading.problems import problems_of
from agent.results.registered.outcomes import Judged, Registration
from agent.session.events.hypothesis import Hypothesis
from tests.world.study import evidence


def judged(name: str, metric: str, outcome: str) -> Judged:
    hypothesis = Hypothesis(name=name, metric=metric, run="run_3", relation="better than", against="run_0")
    return Judged(hypothesis, outcome, "a reason")  # type: ignore[arg-type]


REGISTRATION = Registration((judged("H1", "mse", "held"), judged("H2", "l0", "not tested")), (), "ab" * 32)
KNOWN: Evidence = replace(evidence(), registration=REGISTRATION)


def test_a_conclusion_owes_each_hypothesis_its_outcome() -> None:
    """A name alone is no outcome; one sentence a hypothesis that is missing, with what to write."""
    (problem,) = unspoken("[[H1]] is [[H1.outcome]]; [[H2]] was asked too.", REGISTRATION)
    assert "the hypothesis H2" in problem and "write [[H2.outcome]]" in problem
    assert unspoken("H1 is [[H1.outcome]], H2 is [[H2.outcome]].", REGISTRATION) == []
    assert unspoken("Nothing.", Registration()) == []


@pytest.mark.parametrize(
    "text",
    [
        "H1 is supported by run 3.",
        "As [[H1]] was confirmed, the idea stands.",
        "Hypothesis 1 held.",
        "H1 is [[H1.outcome]], and H2 failed.",
    ],
)
def test_a_typed_outcome_is_refused(text: str) -> None:
    """Whatever the word, and also beside the outcome of another hypothesis."""
    assert any("a typed outcome of H" in problem for problem in problems_of(text, KNOWN))


@pytest.mark.parametrize(
    "text",
    [
        "H1 is [[H1.outcome]].",
        "We registered H1 before the first run, and ask whether it holds.",
        "On mse run 3 is better than the baseline: H1 is [[H1.outcome]].",
        "H2, on the active latents, is [[H2.outcome]].",
    ],
)
def test_what_a_reference_says_stands(text: str) -> None:
    """An outcome by reference bears a comparison of its own metric; a question is no outcome."""
    assert problems_of(text, KNOWN) == []


def test_an_outcome_bears_no_comparison_of_another_metric() -> None:
    """H1 is about mse: that explained variance is higher needs its own reference."""
    text = "Explained variance is higher than that of the baseline, as H1 is [[H1.outcome]]."
    assert any("a comparison of explained_variance in words" in problem for problem in problems_of(text, KNOWN))
