"""A review is read only where each objection can be checked: its quote, its kind, its evidence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.errors import BadAnswer
from agent.reviewing.form import MOST, Citable, PartlyBorne, read_review
from agent.writing.draft.text import DraftText
from tests.agent.reviewing.reviews import FORM, review
from tests.world.study import evidence

DRAFT = DraftText(
    "A Title",
    {
        "Method": "The penalty is weighted by\nhow often two latents fire together, and ``nothing'' else.",
        "Results": "On mse run 3 is better than the baseline, beyond noise (0.1).",
    },
)
CITABLE = Citable(evidence(), ("code", "diff of run_3"))
GOOD: dict[str, Any] = {
    "quote": "On mse run 3 is better than the baseline",
    "kind": "over-claim",
    "evidence": ["[[run_3.mse.verdict]]", "diff of run_3"],
    "objection": "One seed.",
}


def test_a_review_is_read() -> None:
    """Objections numbered from 1, each with the section that its quote stands in, and the form."""
    objections, form = read_review(f"Here it is:\n{review(GOOD, GOOD)}", DRAFT, CITABLE)
    assert [(each.number, each.section, each.about) for each in objections] == [
        (1, "Results", "over-claim"),
        (2, "Results", "over-claim"),
    ]
    assert form.overall == FORM["overall"]
    assert read_review(review(), DRAFT, CITABLE)[0] == []


@pytest.mark.parametrize(
    "quote",
    [
        "The penalty is weighted by how often two latents fire together",
        'how often two latents fire together, and "nothing" else.',
        "… how often two latents  fire together …",
    ],
)
def test_a_quote_is_found_but_for_spaces_and_marks(quote: str) -> None:
    """Line ends, quotation marks and dots of omission are not what it says."""
    assert read_review(review(GOOD | {"quote": quote}), DRAFT, CITABLE)[0][0].section == "Method"


def test_a_quote_of_latex_may_have_single_backslashes() -> None:
    """Copied letter by letter into JSON, as a model does it: `\\theta` is no tab and `\\bar` no backspace."""
    draft = DraftText("T", {"Method": "The mean is $\\bar{x} = \\frac{1}{n} \\sum x_t$ at rate $\\theta$."})
    answer = review(GOOD | {"quote": "The mean is $\\bar{x} = \\frac{1}{n} \\sum x_t$"}).replace("\\\\", "\\")
    assert read_review(answer, draft, CITABLE)[0][0].section == "Method"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"quote": "Run 3 proves that absorption is solved."}, "does not stand in the draft"),
        ({"quote": "mse"}, "does not stand in the draft"),
        ({"quote": ""}, "does not stand in the draft"),
        ({"kind": "taste"}, "its kind 'taste' is none of over-claim"),
        ({"evidence": []}, "names no evidence"),
        ({"evidence": ["[[run_9.mse]]"]}, "run_9"),
        ({"evidence": ["diff of run_9"]}, "'diff of run_9' is neither a reference nor one of code, diff of run_3"),
        ({"evidence": "common sense"}, "is neither a reference"),
        ({"objection": ""}, "says nothing under objection"),
    ],
)
def test_what_cannot_be_checked_goes_back(change: dict[str, Any], why: str) -> None:
    """Words that are not in the draft, evidence that there is none of: each is told with its objection's number."""
    with pytest.raises(BadAnswer, match=r"objection 2: ") as raised:
        read_review(review(GOOD, GOOD | change), DRAFT, CITABLE)
    assert why in str(raised.value)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("I find nothing wrong.", "not the JSON object"),
        ('{"objections": [', "not the JSON object"),
        ("[]", "not the JSON object"),
        (json.dumps({"form": FORM}), 'no list "objections"'),
        (review(*[GOOD] * (MOST + 1)), f"give the {MOST} gravest"),
        (review(form=FORM | {"overall": 11}), "form.overall"),
        (review(form={}), "form.summary"),
        (review("no object"), "it is no object"),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_review_goes_back(answer: str, why: str) -> None:
    """Prose, torn JSON, a form with scores beyond their scale or without its fields."""
    with pytest.raises(BadAnswer) as raised:
        read_review(answer, DRAFT, CITABLE)
    assert why in str(raised.value)


def test_what_a_control_scores_is_no_part_of_a_quote() -> None:
    """It stands at the first mention: a sentence moves behind or before another one without becoming another."""
    draft = DraftText(
        "T", {"Results": "Run 3 is within noise (an untrained model scores 0.592 here), and run 2 is not."}
    )
    assert draft.section_of("Run 3 is within noise, and run 2 is not.") == "Results"
    assert draft.section_of("Run 3 is within noise (an untrained model scores 0.592 here), and run 2") == "Results"
    assert draft.section_of("Run 3 is within noise (an untrained model scored), and run 2 is not.") is None


def test_of_a_review_that_is_right_in_part_the_rest_is_kept() -> None:
    """The objections that can be checked keep their numbers, and of each other one is told why it is out; with none right it is no review."""
    false = GOOD | {"quote": "Run 3 proves all.", "evidence": ["[[run_9.mse]]"]}
    with pytest.raises(PartlyBorne, match=r"objection 2: .*copy a whole sentence") as raised:
        read_review(review(GOOD, false, GOOD), DRAFT, CITABLE)
    assert [each.number for each in raised.value.objections] == [1, 3]
    assert raised.value.form.overall == FORM["overall"]
    first, second = raised.value.left_out
    assert first == "objection 2: its quote 'Run 3 proves all.' does not stand in the draft" and "run_9" in second
    for answer in (review(false), review(GOOD, false, form={})):
        with pytest.raises(BadAnswer) as whole:
            read_review(answer, DRAFT, CITABLE)
        assert not isinstance(whole.value, PartlyBorne)
