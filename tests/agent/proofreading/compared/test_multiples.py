"""A ratio in words is a typed number, and the answer names what is right where that is known."""

from __future__ import annotations

import pytest

from agent.proofreading.compared import multiples
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.prose import sentences
from tests.world.study import evidence


def found(text: str) -> list[tuple[str, str]]:
    (sentence,) = sentences(text, latex=True)
    return list(multiples.check(sentence, Names(evidence())))


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("The mse is ten times lower.", "ten times lower"),
        ("The mse is 10 times lower.", "10 times lower"),
        ("The absorption is an order of magnitude lower.", "an order of magnitude"),
        ("The absorption is two orders of magnitude lower.", "two orders of magnitude"),
        ("Run 2 has an mse two orders below.", "two orders"),
        ("Absorption is half that of the baseline.", "half that of"),
        ("Run 3 has twice as much absorption.", "twice as"),
        ("Run 3 reaches twice the mse.", "twice the"),
        ("Run 3 has three times the baseline's mse.", "three times the"),
        ("Run 3 has twice the explained variance.", "twice the"),
        ("Run 3 has twice that of the baseline on mse.", "twice that"),
        ("Absorption falls by a fifth.", "by a fifth"),
        ("Absorption falls by about two thirds.", "by about two thirds"),
        ("The mse rises six-fold.", "six-fold"),
        ("The mse rises sixfold.", "sixfold"),
        ("Feature separation doubles.", "doubles"),
        ("Feature separation tripled.", "tripled"),
        ("The mse halves in run 2.", "halves"),
        ("The mse of run 2 is a third of the baseline's.", "is a third of the baseline"),
        ("The mse is two-thirds of the baseline value.", "is two-thirds of the baseline"),
        ("The mse falls by eight percent.", "eight percent"),
        ("The penalty cuts the mse in half.", "cuts the mse in half"),
        ("The mse of run 2 is 1/3 of the baseline's.", "is 1/3 of the baseline"),
        ("Run 2 has an mse of ½ of the baseline.", "½ of the baseline"),
        ("Run 2 lowers the mse by 3 dB.", "by 3 dB"),
        ("The mse is nine tenths of the baseline value.", "is nine tenths of the baseline"),
        ("The absorption goes from one half to one quarter.", "from one half to one quarter"),
        ("The mse drops to 1/5.", "drops to 1/5"),
        ("Run 3 is four times better on mse: [[run_3.mse.verdict]].", "four times better"),
        ("Run 3 has an mse of [[run_3.mse]], roughly a tenth of that of run 1.", "roughly a tenth of that"),
    ],
)
def test_a_ratio_in_words_is_found(text: str, typed: str) -> None:
    """However it is put, and beside a verdict too, which says no ratio."""
    assert [word for word, _ in found(text)] == [typed]


@pytest.mark.parametrize(
    "text",
    [
        "We launched run 3 three times.",
        "Run 2 trains for twice as many steps.",
        "We average the last half of the steps, and the mse is [[run_3.mse]].",
        "Does the penalty halve the mse?",
        "We ask whether the penalty halves the mse.",
        "The penalty is meant to bring mse down by half.",
        "The learning rate is halved while the mse is [[run_1.mse]].",
        "Ten times the weight (run 3) is [[compare run_3 run_2 mse]] on mse.",
        "At a hundred times that it is [[run_3.mse.verdict]] on mse.",
        "It takes ten times the compute.",
        "Half of the runs are listed; on mse, run 3 is [[run_3.mse.verdict]].",
        "The first order term of the loss and its second order are given.",
        "Gated SAEs have an absorption ten times lower \\citep{g}.",
        "The mse changes by [[run_3.mse.percent]].",
    ],
)
def test_a_ratio_that_is_no_result_is_left_alone(text: str) -> None:
    """Of settings, of how often something was done, asked, hoped, cited, or said by a reference."""
    assert found(text) == []


def test_the_answer_names_what_is_right() -> None:
    """One metric and one run leave no doubt; two runs are compared; else the form is named."""
    assert (
        "write [[run_3.mse.percent]] (-5.4% against the baseline)"
        in found("In run 3 the mse is half that of the baseline.")[0][1]
    )
    assert "write [[compare run_1 run_2 mse]]" in found("The mse halves from run 1 to run 2.")[0][1]
    assert "write [[RUN.METRIC.percent]]" in found("The mse is ten times lower.")[0][1]
    assert "run_4 is not comparable" in found("In run 4 the mse is half that of the baseline.")[0][1]
