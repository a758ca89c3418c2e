"""Claims by what a sentence does with plain words: conclusions, explanations, uses, and what would have been."""

from __future__ import annotations

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.claimed.concluded import check
from agent.proofreading.sentences.argued import argued_sentences
from tests.world.study import REPORTED, results

EVIDENCE = Evidence(results(), REPORTED)


def found(text: str, tells: bool = True) -> list[str]:
    """What the rule says of a text."""
    return [said for sentence in argued_sentences(text, True, EVIDENCE) for said, _ in check(sentence, tells)]


@pytest.mark.parametrize(
    "text",
    [
        "Dead features are thus a matter of training.",
        "As a result, more of the dictionary is put in order.",
        "Our study therefore settles the question of whether it can be avoided.",
        "The key insight is that early competition is to be avoided.",
        "Our experiments reveal a simple rule: start dense and end sparse.",
        "Our results have direct implications for training.",
        "Early competition is what kills features.",
        "Such a schedule can be combined with any architecture.",
        "Run 3 is the configuration to choose.",
        "Without the schedule, these features would have remained silent.",
        "This was to be expected.",
        "It is well known that a dense start improves dictionaries.",
    ],
)
def test_a_claim_in_plain_words_is_found_by_what_it_does(text: str) -> None:
    """Connectives, nouns that explain, what ours can be used for, counterfactuals, what everybody knows."""
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Run 4 has another size and is therefore listed apart.",
        "We therefore train a control without the decay.",
        "Thus no run is compared with it.",
        "A different explanation is that the pairs were orthogonal already.",
        "One possible reason is that the weight is smaller.",
        "The reason for leaving run 4 out is its size.",
        "If the late phase is what costs most, an early end should suffice.",
        "A larger effect would have been seen.",
        "The penalty can be written as a sum.",
        "It is well known that codes are sparse \\citep{gao}.",
        "The answer is [[run_3.mse.verdict]].",
        "The answer is $x = \\sum_i w_i$.",
        "Some differences are to be expected by chance.",
        "Does it follow that this is what matters?",
    ],
)
def test_what_was_done_hedged_or_cited_stands(text: str) -> None:
    """Acts, denials, other readings, conditions, limits of what could be seen, formulas, others, references, questions."""
    assert found(text) == []


def test_a_method_may_conclude() -> None:
    """Where no results are told, what follows from a formula is no claim of a result; a use for anything is one."""
    assert found("The gradient is thus orthogonal to the column.", tells=False) == []
    assert found("The schedule can be combined with any model.", tells=False)


def test_an_answer_that_is_made_of_something_answers_no_question() -> None:
    """`The answer is a mean of the iterates` says how a result is computed; `the answer is clear` what came out."""
    assert not found("The answer is a mean of the iterates from half of the run on.")
    assert found("The answer to all of this is the penalty.") and found("The answer is clear.")
