"""What a journal says of the review: each objection and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from agent.session.review_events import Objection, ObjectionAnswer, ObjectionsAnswered, Reviewed, ReviewForm

Status = Literal["changed", "answered", "open"]
STATUS_WORDS: dict[Status, str] = {
    "changed": "met by a change",
    "answered": "answered, the text stands",
    "open": "open: nobody has answered it",
}


@dataclass(frozen=True)
class Standing:
    """An objection and what became of it."""

    objection: Objection
    answer: ObjectionAnswer | None

    @property
    def status(self) -> Status:
        if self.answer is None:
            return "open"
        return "changed" if self.answer.how == "changed" else "answered"


@dataclass(frozen=True)
class Review:
    """The review of a session's draft, as far as it went."""

    standing: tuple[Standing, ...]
    form: ReviewForm | None
    refused: str = ""

    @property
    def open(self) -> tuple[Standing, ...]:
        """The objections that nobody has answered."""
        return tuple(each for each in self.standing if each.status == "open")

    @property
    def unsettled(self) -> tuple[Standing, ...]:
        """Those that no change has met: open, or answered by a reason alone."""
        return tuple(each for each in self.standing if each.status != "changed")


def about_text(objection: Objection) -> str:
    """What it is about, or that the adviser made it."""
    return "the adviser, during the runs" if objection.by == "adviser" else objection.about


def scores_text(form: ReviewForm) -> str:
    """The form's scores, each with its scale."""
    return (
        f"soundness {form.soundness} of 4, presentation {form.presentation} of 4, contribution {form.contribution} of 4, "
        f"overall {form.overall} of 10, confidence {form.confidence} of 5"
    )


def review_of(events: Iterable[Any]) -> Review | None:
    """The review in a journal; None where the draft was not reviewed."""
    found: Reviewed | None = None
    answers: dict[int, ObjectionAnswer] = {}
    for event in events:
        if isinstance(event, Reviewed):
            found = event
        elif isinstance(event, ObjectionsAnswered):
            answers |= {answer.number: answer for answer in event.answers}
    if found is None:
        return None
    standing = tuple(Standing(each, answers.get(each.number)) for each in found.objections)
    return Review(standing, found.form, found.refused)
