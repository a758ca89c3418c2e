"""Questions that answer themselves, their answers, and sentences that end a matter in a word."""

from __future__ import annotations

import pytest

from agent.evidence.evidence import Evidence
from agent.proofreading.claimed.asked import check
from agent.proofreading.sentences.argued import argued_sentences
from tests.world.study import REPORTED, results

EVIDENCE = Evidence(results(), REPORTED)


def found(text: str) -> list[str]:
    """What the rule says of a text."""
    return [said for sentence in argued_sentences(text, True, EVIDENCE) for said, _ in check(sentence)]


@pytest.mark.parametrize(
    "text",
    [
        "Who would still train without a release?",
        "Why would anybody keep the weight constant?",
        "What more could one ask of a schedule?",
        "Isn't that what everybody wanted?",
        "Run 3 is [[run_3.mse.verdict]] on mse, but who would care about the rest?",
        "Could chance have produced this?",
        "Why does the release work?",
        "Can one ask for more?",
    ],
)
def test_a_question_that_answers_itself_is_a_claim(text: str) -> None:
    """Alone, behind a verdict, and where it takes for granted what it asks the reason of."""
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Is it the schedule or the lower mean weight?",
        "Would a weaker threshold have given another ordering?",
        "How should such a penalty be scheduled?",
        "Does a penalty have to cost reconstruction?",
        "What is held fixed?",
        "Why is run 1 [[run_1.mse.verdict]] on mse?",
    ],
)
def test_a_question_that_is_open_is_none(text: str) -> None:
    """Either outcome may come, or a reference says what is asked about."""
    assert found(text) == []


@pytest.mark.parametrize("answer", ["Hardly.", "Not at all.", "It does.", "We think not.", "Yes.", "Surely not."])
def test_a_short_answer_is_a_claim(answer: str) -> None:
    """A few words behind a question say what no reference does; alone they answer nothing."""
    assert found(f"Does run 3 need more seeds? {answer}")
    assert found(f"We looked at run 3. {answer}") == []


@pytest.mark.parametrize(
    "answer", ["Our runs cannot say.", "We did not try.", "Perhaps.", "It is [[run_3.mse.verdict]].", "This is open."]
)
def test_an_answer_that_it_is_open_is_none(answer: str) -> None:
    """Not known, not tried, perhaps, or the verdict itself."""
    assert found(f"Does run 3 need more seeds? {answer}") == []


@pytest.mark.parametrize(
    "text",
    [
        "Case closed.",
        "A clean sweep.",
        "So far, so good.",
        "And that is that.",
        "New seeds, and the same answer: the same again.",
    ],
)
def test_a_matter_is_ended_in_a_word(text: str) -> None:
    """Sentences with no verb, or none to speak of."""
    assert bool(found(text)) is not text.startswith("New")


def test_a_question_that_is_taken_up_again_is_answered() -> None:
    """`We asked whether …; it does not` is a result; with a reference that says so it stands."""
    assert found("We came to see whether separation has to cost reconstruction; it does not.")
    assert found("We asked whether it costs reconstruction; it is [[run_3.mse.verdict]].") == []
