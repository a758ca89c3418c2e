"""Each objection is answered by a change that was made or a reason that is given; a change that is only said is none."""

from __future__ import annotations

import pytest

from agent.reviewing.answers import answer_problems, kept, read_answers
from agent.session.events.review import Objection
from agent.writing.draft.text import DraftText

OBJECTION = Objection(number=3, quote="the loss is the squared error", section="Method", text="AuxK is left out.")
BEFORE = DraftText("T", {"Method": "Here the loss is the squared error."})
AFTER = DraftText("T", {"Method": "Here the loss is the squared error with AuxK.".replace("the squared", "a squared")})


@pytest.mark.parametrize(
    "line",
    [
        "OBJECTION 3: CHANGED AuxK is named",
        "**Objection 3:** changed — AuxK is named",
        "- OBJECTION 3 : CHANGED: AuxK is named",
    ],
)
def test_an_answer_is_read_in_the_forms_that_models_write(line: str) -> None:
    """With stars, dashes and colons as they come; the rest is the section."""
    answers = read_answers(f"{line}\n\n```latex\nx\n```")
    assert (answers.given[3].how, answers.given[3].text.strip("*")) == ("changed", "AuxK is named")
    assert answers.rest == "```latex\nx\n```"


@pytest.mark.parametrize(
    ("answer", "changed", "is_given", "why"),
    [
        ("OBJECTION 3: CHANGED it", BEFORE, True, "its sentence stands as it was"),
        ("OBJECTION 3: CHANGED it", AFTER, False, "no section is given"),
        ("OBJECTION 3: REASON no", BEFORE, False, "needs a sentence"),
        ("OBJECTION 4: REASON it is as it should be", BEFORE, False, "objection 3 is not answered"),
    ],
)
def test_what_answers_nothing_goes_back(answer: str, changed: DraftText, is_given: bool, why: str) -> None:
    """A change that was not made, a reason that is none, another objection's number; and it is not kept."""
    answers = read_answers(answer)
    (problem,) = answer_problems(answers, [OBJECTION], changed, is_given)
    assert why in problem
    assert is_given is False or kept(answers, [OBJECTION], changed) == []


@pytest.mark.parametrize(
    ("answer", "changed", "is_given"),
    [
        ("OBJECTION 3: CHANGED AuxK is named", AFTER, True),
        ("OBJECTION 3: REASON AuxK is on for dead latents alone", BEFORE, False),
    ],
)
def test_a_change_or_a_reason_answers(answer: str, changed: DraftText, is_given: bool) -> None:
    """The sentence is gone, or the reason is a sentence."""
    answers = read_answers(answer)
    assert answer_problems(answers, [OBJECTION], changed, is_given) == []
    assert [each.number for each in kept(answers, [OBJECTION], changed)] == [3]
