"""The review of the draft as the page shows it: the reviewer's scores, each objection and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.results.reviewed import Review, Status, about_text, scores_text
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
    return ReviewView(
        sentence=f"No review by another model: {review.refused}." if review.refused else "",
        scores=scores_text(form) if form else "",
        summary=form.summary if form else "",
        objections=tuple(
            ObjectionView(
                about=about_text(each.objection),
                where=each.objection.section,
                quote=each.objection.quote if each.objection.by == "reviewer" else "",
                text=each.objection.text,
                evidence=", ".join(each.objection.evidence),
                status=each.status_words,
                tone=_TONES[each.status],
                answer=each.answer.text if each.answer else "",
            )
            for each in review.standing
        ),
    )
