"""What a journal says of the review: each objection and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from agent.results.english import counted
from agent.session.events import Compiled
from agent.session.events.review import Objection, ObjectionAnswer, ObjectionsAnswered, Reviewed, ReviewForm

Status = Literal["changed", "answered", "open"]
STATUS_WORDS: dict[Status, str] = {
    "changed": "met by a change",
    "answered": "answered, the text stands",
    "open": "open: nobody has answered it",
}
RETURNED = "open again: its sentence was changed, and came back"


@dataclass(frozen=True)
class Standing:
    """An objection and what became of it."""

    objection: Objection
    answer: ObjectionAnswer | None
    returned: bool = False
    """Its sentence was removed, and stands in the draft again: a later hand put it back."""

    @property
    def is_changed(self) -> bool:
        """Whether the writer met it by a change, whatever became of that."""
        return self.answer is not None and self.answer.how == "changed"

    @property
    def status(self) -> Status:
        if self.answer is None or self.returned:
            return "open"
        return "changed" if self.is_changed else "answered"

    @property
    def status_words(self) -> str:
        """The same for people."""
        return RETURNED if self.returned else STATUS_WORDS[self.status]


@dataclass(frozen=True)
class Review:
    """The review of a session's draft, as far as it went."""

    standing: tuple[Standing, ...]
    form: ReviewForm | None
    refused: str = ""
    left_out: tuple[str, ...] = ()
    """Why further objections of the reviewer's are not among them."""

    @property
    def open(self) -> tuple[Standing, ...]:
        """The objections that nobody has answered, or whose sentence came back."""
        return tuple(each for each in self.standing if each.status == "open")

    def with_returned(self, numbers: Collection[int]) -> Review:
        """The same, with these objections open again and no others."""
        return replace(
            self, standing=tuple(replace(each, returned=each.objection.number in numbers) for each in self.standing)
        )

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


def told_objections(event: Reviewed) -> str:
    """`3 objections, 1 more left out`."""
    number, out = len(event.objections), len(event.left_out)
    return counted(number, "objection") + (f", {out} more left out" if out else "")


def left_out_text(review: Review) -> str:
    """`1 further objection is left out, since nothing bears it: its quote …`; empty where none is."""
    number = len(review.left_out)
    if not number:
        return ""
    are = (
        "objection is left out, since nothing bears it"
        if number == 1
        else "objections are left out, since nothing bears them"
    )
    return f"{number} further {are}: {'; '.join(review.left_out)}"


def review_of(events: Iterable[Any]) -> Review | None:
    """The review in a journal, as the last printed draft left it; None where the draft was not reviewed."""
    found: Reviewed | None = None
    back: Collection[int] = ()
    answers: dict[int, ObjectionAnswer] = {}
    for event in events:
        if isinstance(event, Reviewed):
            found = event
        elif isinstance(event, ObjectionsAnswered):
            answers |= {answer.number: answer for answer in event.answers}
        elif isinstance(event, Compiled) and event.ok:
            back = event.returned
    if found is None:
        return None
    standing = tuple(Standing(each, answers.get(each.number)) for each in found.objections)
    return Review(standing, found.form, found.refused, tuple(found.left_out)).with_returned(back)
