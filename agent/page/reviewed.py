"""The review of the draft as the page shows it: the reviewer's scores, each objection and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.evidence.evidence import Evidence
from agent.evidence.told import in_words, rests_on
from agent.results.story.reviewed import Review, Status, about_text, left_out_text, scores_text
from agent.results.verdicts.verdict import Tone

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


def review_view(review: Review | None, evidence: Evidence | None = None) -> ReviewView:
    """What the page shows of it: references with what they say by `evidence`, as they were typed where there is none."""
    if review is None:
        return ReviewView()
    form = review.form

    def words(text: str) -> str:
        return in_words(text, evidence) if evidence else text

    return ReviewView(
        sentence=f"No review: {review.refused}."
        if review.refused
        else f"{left_out}."
        if (left_out := left_out_text(review))
        else "",
        scores=scores_text(form) if form else "",
        summary=words(form.summary) if form else "",
        objections=tuple(
            ObjectionView(
                about=about_text(each.objection),
                where=each.objection.section,
                quote=words(each.objection.quote) if each.objection.by == "reviewer" else "",
                text=words(each.objection.text),
                evidence=", ".join(rests_on(one, evidence) if evidence else one for one in each.objection.evidence),
                status=each.status_words,
                tone=_TONES[each.status],
                answer=words(each.answer.text) if each.answer else "",
            )
            for each in review.standing
        ),
    )
