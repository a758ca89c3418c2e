"""A value belongs to the run of which its sentence speaks."""

from __future__ import annotations

import pytest

from agent.proofreading import attribution
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.prose import sentences
from tests.world.study import evidence


def found(text: str) -> list[tuple[str, str]]:
    (sentence,) = sentences(text, latex=True)
    return list(attribution.check(sentence, Names(evidence())))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Run 3 reaches [[run_1.mse]].", "the sentence speaks of run_3, the value is that of run_1"),
        ("[[run_3.title]] reaches [[run_1.mse]].", "the sentence speaks of run_3"),
        ("Our method reaches [[baseline.mse]].", "the value of the baseline, in a sentence on the method"),
    ],
)
def test_a_value_that_belongs_elsewhere_is_found(text: str, said: str) -> None:
    """A run named in words or by its title, and the method given the baseline's value."""
    (((_, why)),) = found(text)
    assert said in why


@pytest.mark.parametrize(
    "text",
    [
        "Run 3 reaches [[run_3.mse]].",
        "Run 3 reaches [[run_3.mse]], run 1 [[run_1.mse]].",
        "Against the baseline's [[run_0.mse]], run 3 has less.",
        "Our method reaches [[best.mse]].",
        "Run 3 is [[run_3.mse.verdict]] with [[run_1.mse]].",
        "The method starts where the baseline has [[run_0.mse]].",
        "Training starts at [[run_0.training.loss_last]].",
        "It reaches [[run_1.mse]].",
    ],
)
def test_a_value_that_may_stand_is_left_alone(text: str) -> None:
    """Its own run, one of several, the baseline beside another, the best, a comparison, a setting, nobody in particular."""
    assert found(text) == []
