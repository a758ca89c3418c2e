"""The review on the page: scores, each objection with its answer, and why there is none."""

from __future__ import annotations

from agent.page.reviewed import ReviewView, review_view
from agent.results.story.reviewed import review_of
from agent.session.events.review import Objection, ObjectionAnswer, ObjectionsAnswered, Reviewed, ReviewForm
from tests.agent.reviewing.reviews import FORM
from tests.world import study


def test_each_objection_is_shown_with_what_became_of_it() -> None:
    """Changed, answered by a reason, open: each in its colour; the adviser's quotes nothing."""
    objections = [
        Objection(number=1, by="adviser", quote="one seed", section="Results", text="one seed"),
        Objection(
            number=2, quote="It proves all.", section="Results", about="over-claim", evidence=["code"], text="no"
        ),
        Objection(number=3, quote="It is new.", section="Method", text="it is not"),
    ]
    answers = [
        ObjectionAnswer(number=2, how="changed", text="weaker now"),
        ObjectionAnswer(number=3, how="reason", text="it is"),
    ]
    events = [
        Reviewed(objections=objections, form=ReviewForm.model_validate(FORM)),
        ObjectionsAnswered(section="Results", answers=answers),
    ]
    shown = review_view(review_of(events))
    assert [(each.tone, each.answer) for each in shown.objections] == [
        ("bad", ""),
        ("good", "weaker now"),
        ("flat", "it is"),
    ]
    assert (shown.objections[0].quote, shown.objections[1].evidence) == ("", "code")
    assert "overall 5 of 10" in shown.scores


def test_references_in_an_objection_are_shown_with_what_they_say() -> None:
    """Quote, objection, answer and evidence: values in place of references, words in place of LaTeX; without results as they were typed."""
    made = {
        "quote": "Run 3 has \\emph{mse} [[run_3.mse]].",
        "text": "[[run_3.mse.delta]] is small, see \\cref{tab:main}",
    }
    objection = Objection.model_validate(
        {**made, "number": 1, "section": "Results", "evidence": ["[[run_3.mse]]", "code", "[[run_9.mse]]"]}
    )
    answer = ObjectionAnswer(number=1, how="reason", text="it is [[run_3.mse.verdict]], and [[run_9.mse]] is not known")
    events = [Reviewed(objections=[objection]), ObjectionsAnswered(section="Results", answers=[answer])]
    (shown,) = review_view(review_of(events), study.evidence()).objections
    assert shown.quote == "Run 3 has mse 0.1029." and shown.text == "-0.0059 is small, see [tab:main]"
    assert shown.evidence == "run_3.mse: 0.1029, code, [[run_9.mse]]"
    assert shown.answer.startswith("it is better than the baseline") and "[[run_9.mse]]" in shown.answer
    (typed,) = review_view(review_of(events)).objections
    assert typed.text == made["text"] and typed.evidence == "[[run_3.mse]], code, [[run_9.mse]]"


def test_a_session_without_a_review_shows_none_or_why() -> None:
    """Older sessions say nothing of it; a recording without one says so."""
    assert review_view(review_of([])) == ReviewView()
    assert "holds no review" in review_view(review_of([Reviewed(refused="the recording holds no review")])).sentence
