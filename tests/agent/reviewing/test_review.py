"""The review of a whole toy session: objections, answers, and what the paper says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.results.story.reviewed import review_of
from agent.session.events import ObjectionsAnswered, Reviewed, SectionWritten
from agent.session.session import Session
from agent.session.steps import REVIEW
from tests.agent.reviewing.reviews import METHOD, ON_BACKGROUND, ON_METHOD, REVIEWED, review, reviewed_session
from tests.world.toy import ANSWERS, BlockCoder, toy_session

pytestmark = [pytest.mark.whole, pytest.mark.tex]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coder that needs no process."""
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())


def paper(session: Session) -> str:
    return (session.paths.latex / "paper.tex").read_text()


def test_each_objection_is_answered_and_printed(tmp_path: Path) -> None:
    """A change is in the section, a reason in the appendix; what no change met is said below the abstract, and the audit is clean."""
    session = reviewed_session(tmp_path)
    assert conduct(session).state == "done"
    found = review_of(session.journal.events)
    assert found is not None and [each.status for each in found.standing] == ["changed", "answered"]
    tex = paper(session)
    assert "being the last steps of a run" in tex
    assert "Its review left 1 objection answered without a change" in tex
    assert "fresh noise at each step" in tex and "soundness 3 of 4" in tex and "rests on code" in tex
    written = [event for event in session.journal.all(SectionWritten) if event.section == "Method"]
    assert written[-1].source == METHOD
    assert [each.section for each in session.journal.all(ObjectionsAnswered)] == ["Background", "Method"]
    assert tex.index("\\label{sec:evidence}") < tex.index("\\label{sec:review}")


def test_a_session_taken_up_again_asks_nothing_twice(tmp_path: Path) -> None:
    """The review and each answer are steps: recorded, they are returned."""
    session = reviewed_session(tmp_path, search_url="")
    conduct(session)
    asked = [event.step for event in session.journal.events if event.kind == "exchange"]
    conduct(session)
    assert [event.step for event in session.journal.events if event.kind == "exchange"] == asked
    assert sum(isinstance(event, Reviewed) for event in session.journal.events) == 1


def test_a_recording_without_a_review_plays_as_it_did(tmp_path: Path) -> None:
    """The draft stands, why there is no review is journalled, and the paper has no appendix on it."""
    session = toy_session(tmp_path)
    conduct(session)
    event = session.journal.find(Reviewed, REVIEW)
    assert event is not None and "holds no review" in event.refused
    assert "sec:review" not in paper(session)


def test_without_review_nobody_is_asked(tmp_path: Path) -> None:
    """`--no-review`: no event of it, though the recording holds one."""
    session = reviewed_session(tmp_path, review=False)
    conduct(session)
    assert session.journal.find(Reviewed, REVIEW) is None
    assert "being the last steps" not in paper(session)


def test_a_change_that_is_only_said_leaves_the_objection_open(tmp_path: Path) -> None:
    """The sentence stands as it was after the last try: the objection is open, and the paper says so."""
    said = f"OBJECTION 1: CHANGED it is better now\n\n```latex\n{ANSWERS['writer', 'draft/Method/refine/1']}\n```"
    answers = REVIEWED | {("reviewer", "review/1"): review(ON_METHOD), ("writer", "review/Method/1"): said}
    session = reviewed_session(tmp_path, answers | {("writer", "review/Method/2"): said})
    conduct(session)
    found = review_of(session.journal.events)
    assert found is not None and len(found.open) == 1
    assert "Its review left 1 objection open" in paper(session)


def test_a_review_that_cannot_be_checked_is_asked_again(tmp_path: Path) -> None:
    """A quote that is not in the draft goes back with the reason; the second answer counts."""
    false = review(ON_METHOD | {"quote": "This proves that averaging is optimal."})
    answers = REVIEWED | {("reviewer", "review/1"): false, ("reviewer", "review/2"): review(ON_METHOD)}
    session = reviewed_session(tmp_path, answers)
    conduct(session)
    event = session.journal.find(Reviewed, REVIEW)
    assert event is not None and [each.quote for each in event.objections] == [ON_METHOD["quote"]]


def test_what_a_review_has_right_is_kept_where_no_answer_is_right_whole(tmp_path: Path) -> None:
    """Of two objections, asked for until the tries are spent, the one with a true quote is answered under its number; the paper
    says that another is left out, and why."""
    false = review(ON_METHOD | {"quote": "This proves that averaging is optimal."}, ON_BACKGROUND)
    answers = REVIEWED | {("reviewer", "review/1"): false}
    session = reviewed_session(tmp_path, answers, search_url="")
    conduct(session)
    event = session.journal.find(Reviewed, REVIEW)
    assert event is not None and not event.refused and len(event.left_out) == 1
    assert [(each.number, each.section) for each in event.objections] == [(2, "Background")]
    found = review_of(session.journal.events)
    assert found is not None and [each.status for each in found.standing] == ["answered"]
    assert "1 further objection is left out, since nothing bears it" in paper(session)


def test_what_the_adviser_objected_stands_first(tmp_path: Path) -> None:
    """A line OBJECTION of its advice is on the list from the start, though nobody answers it here; so is one behind a sentence."""
    advice = ANSWERS["adviser", "run_1/advice/1"] + "\n2. It is fair. OBJECTION: the note takes one seed for many."
    session = reviewed_session(tmp_path, REVIEWED | {("adviser", "run_1/advice/1"): advice})
    conduct(session)
    found = review_of(session.journal.events)
    assert found is not None
    assert [each.objection.by for each in found.standing] == ["adviser", "reviewer", "reviewer"]
    assert found.standing[0].status == "open"
    assert "the adviser, during the runs" in paper(session)
