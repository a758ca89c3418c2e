"""Words that end a question which no verdict ends are found, whatever else stands in their sentence; hopes are not claims."""

from __future__ import annotations

import pytest

from agent.proofreading import finality
from agent.proofreading.compared import claims, superlatives, unborne
from agent.proofreading.sentences.names import Names
from agent.proofreading.sentences.prose import sentences
from agent.proofreading.sentences.supposed import is_supposed
from tests.world.study import evidence


def found(text: str) -> list[str]:
    (sentence,) = sentences(text, latex=True)
    names = Names(evidence())
    return [typed for rule in (finality, claims, unborne, superlatives) for typed, _ in rule.check(sentence, names)]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Absorption falls in run 3.", "falls"),
        ("With the penalty, mse rises.", "rises"),
        ("This proves that hierarchy makes features clean.", "proves"),
        ("With nesting, absorption is a solved problem for practitioners.", "solved"),
        ("Run 3 gives the best of both worlds.", "best of both worlds"),
        ("The penalty eliminates absorption.", "eliminates"),
        ("Our method dominates on mse.", "dominates"),
        ("On mse run 2 is [[run_2.mse.verdict]], which confirms that nesting helps.", "which confirms"),
        ("Run 4 is the best run of all by explained variance.", "best"),
        ("On targeted mse run 3 beats the baseline.", "beats"),
        ("Next, run 3 improves mse.", "improves"),
        ("The target was clear, and run 3 improves mse.", "improves"),
        ("Run 3 changes mse significantly, as one could see.", "significantly"),
    ],
)
def test_a_claim_beyond_what_was_measured_is_found(text: str, typed: str) -> None:
    """Movement, finality, a conclusion from noise, a wrong best; a word of hope elsewhere in the sentence excuses nothing."""
    assert typed in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "On mse run 3 is [[run_3.mse.verdict]], so it falls.",
        "The weight falls with training progress while mse is [[run_1.mse]].",
        "We ask whether absorption falls.",
        "Absorption could fall, and mse might rise.",
        "This does not prove that absorption is gone.",
        "Earlier work \\citep{a} proves that absorption rises.",
        "Training proved difficult, and mse is [[run_1.mse]].",
        "The optimizer solves the inner problem in 10 steps.",
        "On mse run 3 is [[run_3.mse.verdict]], which shows what the penalty does.",
        "[[best explained_variance]] is the best by explained variance.",
        "Next: raise the weight, to see whether mse improves.",
        "Is run 3 better than the baseline on mse?",
        "The penalty is meant to improve mse.",
        "When there are more features than dimensions, feature separation is limited; they can be told apart \\citep{a}.",
    ],
)
def test_what_is_borne_denied_supposed_or_cited_is_left_alone(text: str) -> None:
    """A verdict that decides, a setting's schedule, a question, a denial, another's work, a plan."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "word", "supposed"),
    [
        ("It may improve.", "improve", True),
        ("It improves, though it may not last.", "improves", False),
        ("We test whether it improves mse and lowers cost.", "lowers", True),
        ("We ask why, but it improves.", "improves", False),
        ("It is designed to lower mse.", "lower", True),
    ],
)
def test_a_supposition_reaches_over_its_clause(text: str, word: str, supposed: bool) -> None:
    """By where the word stands that makes it one."""
    start = text.index(word)
    assert is_supposed(text, start, start + len(word)) is supposed


def test_a_plan_is_none_to_its_last_clause() -> None:
    """What `Next we would` opens reaches over semicolons to the end of the sentence; a sentence behind it is one of its own."""
    plan = (
        "Next we would end with the same phase; run the baseline beside run 3, at the same l0; and launch more seeds."
    )
    assert found(plan) == []
    assert found("Run 3 has the same l0 as the baseline.") == ["has the same"]
