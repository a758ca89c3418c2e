"""The review of the draft as the page shows it: the reviewer's scores, each objection and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.results.reviewed import STATUS_WORDS, Review, Status
from agent.results.verdict import Tone

_TONES: dict[Status, Tone] = {"changed": "good", "answered": "flat", "open": "bad"}


@dataclass(frozen=True, kw_only=True)
class ObjectionView:
    """One objection; `quote` is empty for the adviser's, which quote nothing."""

    about: str
    where: str
    quote: str
    text: str
    evidence: str
    status: str
    tone: Tone
    answer: str


@dataclass(frozen=True, kw_only=True)
class ReviewView:
    """The review; all empty where the draft was not reviewed."""

    sentence: str = ""
    scores: str = ""
    summary: str = ""
    objections: tuple[ObjectionView, ...] = ()


def review_view(review: Review | None) -> ReviewView:
    """What the page shows of it."""
    if review is None:
        return ReviewView()
    form = review.form
    scores = (
        f"soundness {form.soundness} of 4, presentation {form.presentation} of 4, contribution {form.contribution} of 4, "
        f"overall {form.overall} of 10, confidence {form.confidence} of 5"
        if form
        else ""
    )
    return ReviewView(
        sentence=f"No review by another model: {review.refused}." if review.refused else "",
        scores=scores,
        summary=form.summary if form else "",
        objections=tuple(
            ObjectionView(
                about="the adviser, during the runs" if each.objection.by == "adviser" else each.objection.about,
                where=each.objection.section,
                quote=each.objection.quote if each.objection.by == "reviewer" else "",
                text=each.objection.text,
                evidence=", ".join(each.objection.evidence),
                status=STATUS_WORDS[each.status],
                tone=_TONES[each.status],
                answer=each.answer.text if each.answer else "",
            )
            for each in review.standing
        ),
    )
