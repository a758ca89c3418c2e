"""An objection that was met by a change is open again where its sentence came back."""

from __future__ import annotations

import pytest

from agent.results.story.reviewed import Review, Standing, review_of
from agent.session.events import Compiled, ObjectionsAnswered, Reviewed
from agent.session.events.review import How, Objection, ObjectionAnswer
from agent.writing.draft.text import DraftText, returned

QUOTE = "This settles how absorption arises."
BEFORE = DraftText("T", {"Results": f"One run. {QUOTE}", "Conclusion": "An end."})
AFTER = DraftText("T", {"Results": "One run. How absorption arises stays open.", "Conclusion": "An end."})
BACK = DraftText("T", {"Results": "One run.  This settles how\nabsorption arises!", "Conclusion": "An end."})
ELSEWHERE = DraftText("T", {"Results": "One run.", "Conclusion": QUOTE})


def review(how: How = "changed", by: str = "reviewer") -> Review:
    objection = Objection.model_validate(
        {"number": 2, "quote": QUOTE.rstrip("."), "section": "Results", "text": "Too much.", "by": by}
    )
    return Review((Standing(objection, ObjectionAnswer(number=2, how=how, text="said less")),), None)


@pytest.mark.parametrize(("text", "back"), [(AFTER, ()), (BACK, (2,)), (BEFORE, (2,)), (ELSEWHERE, ())])
def test_a_sentence_that_came_back_is_noticed(text: DraftText, back: tuple[int, ...]) -> None:
    """In its section, however it is spaced and ended; gone, or in another section, it is not back."""
    assert returned(review(), text) == back


def test_only_what_a_change_had_met_can_come_back() -> None:
    """A reason left the sentence where it is, an adviser quotes none, and without a review there is nothing."""
    assert returned(review("reason"), BACK) == returned(review(by="adviser"), BACK) == returned(None, BACK) == ()


def test_the_last_printed_draft_says_how_an_objection_stands() -> None:
    """Open again while its sentence is back, met once it is gone; a journal that says nothing of it is as it was."""
    events: list[object] = [
        Reviewed(objections=[review().standing[0].objection]),
        ObjectionsAnswered(section="Results", answers=[ObjectionAnswer(number=2, how="changed", text="said less")]),
    ]

    def stands() -> tuple[str, str]:
        found = review_of(events)
        assert found is not None
        return found.standing[0].status, found.standing[0].status_words

    assert stands() == ("changed", "met by a change")
    events.append(Compiled(ok=True, returned=[2]))
    assert stands() == ("open", "open again: its sentence was changed, and came back")
    events.append(Compiled(ok=False))
    assert stands()[0] == "open"
    events.append(Compiled(ok=True))
    assert stands()[0] == "changed"
