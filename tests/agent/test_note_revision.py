"""Notes are looked at once more after all the runs: what no longer holds is revised, and every form stays in the record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.auditing.session import audit_session
from agent.conduct import conduct
from agent.page.write import write_page_of
from agent.replaying.recorded import recording_of
from agent.results.story import story_of
from agent.session.events import Exchanged, Noted, NotesRevised
from agent.session.session import Session, open_session
from agent.session.steps import Step
from tests.world.family import answers, family_session, marked
from tests.world.toy import BlockCoder, toy_session

pytestmark = pytest.mark.whole
PLAN = "1. First: a.\n2. Second: b."
TOLD = answers({"run_1": marked("run_1", "alpha"), "run_2": marked("run_2", "beta")}, PLAN)
STEP = ("writer", "notes/revised/1")
REVISION = (
    "## run_1\nReading: What run 1 shows alone run 2 shows as well, so its setting explains nothing.\n"
    "Why it was revised: run 2 does the same without it.\n"
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The coder that needs no process, and one cache for all sessions here."""
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path_factory.getbasetemp() / "family_cache"))


def revised(session: Session) -> NotesRevised:
    (event,) = session.journal.all(NotesRevised)
    return event


def exchange_of(session: Session, step: str) -> str:
    exchange = next(event for event in session.journal.all(Exchanged) if event.step == step)
    return str(json.loads(session.paths.exchange(exchange.number).read_text())["messages"][-1]["content"])


def test_a_note_that_no_longer_holds_is_revised(tmp_path: Path) -> None:
    """notes.txt has the last form with what it was revised after; what the writer did not give anew stays; the audit is clean."""
    session = family_session(tmp_path, {**TOLD, STEP: REVISION}, max_runs=2)
    assert conduct(session).state == "done"
    assert revised(session).runs == ["run_1"] and not revised(session).refused
    forms = [note for note in session.journal.all(Noted) if note.subject == "run_1"]
    assert [str(note.step) for note in forms] == ["run_1/note", "run_1/note_final", "run_1/note_revised"]
    first, second = session.paths.notes.read_text().split("## run_2")
    assert "explains nothing" in first and "may be chance" not in first and "may be chance" in second
    assert f"Revised:\nAfter {revised(session).after}; what it said before" in first and "Revised:" not in second
    assert "What changed:\nA setting." in first and "Why it was revised:\nrun 2 does the same" in first
    assert not audit_session(session).findings


def test_the_question_shows_what_came_since(tmp_path: Path) -> None:
    """The notes as they stand, with their references, the advice on each, and the results of all runs."""
    session = family_session(tmp_path, {**TOLD, STEP: "NONE"}, max_runs=2)
    conduct(session)
    asked = exchange_of(session, "notes/revised/1")
    assert "[[run_1.excess_loss.verdict]]" in asked and asked.count("(Advice on it") == 2 and "| run_2 |" in asked
    assert revised(session).runs == [] and "Revised:" not in session.paths.notes.read_text()


def test_every_form_stays_on_the_page(tmp_path: Path) -> None:
    """Folded, each with what became of it: the note before the advice, and before its revision."""
    session = family_session(tmp_path, {**TOLD, STEP: REVISION}, max_runs=2)
    conduct(session)
    page = write_page_of(session.paths.root).read_text()
    assert page.count("The note as it was before the advice") == 2
    part = page.split(f"The note as it was before its revision after {revised(session).after}")[1]
    assert (
        "may be chance" in part
        and "What became of it" in part
        and "+What run 1 shows alone" in part.replace("</span>", "")
    )


def test_an_older_recording_plays_as_it_did(tmp_path: Path) -> None:
    """Without an answer no note changes, which the journal says; resumed, nothing is asked."""
    session = toy_session(tmp_path, paper=False)
    assert conduct(session).state == "done"
    assert "revises no note" in revised(session).refused
    assert {str(note.step).rpartition("/")[2] for note in session.journal.all(Noted)} == {"note"}
    again = open_session(session.paths.root)
    conduct(again, resume=True)
    assert len(list(again.journal.all(NotesRevised))) == 1


def test_a_session_that_went_on_before_is_not_asked(tmp_path: Path) -> None:
    """A journal of an older version, whose figures are drawn: its notes are what the paper was written from."""
    session = family_session(tmp_path, {**TOLD, STEP: REVISION}, max_runs=2)
    conduct(session)
    kept = [json.loads(line) for line in session.paths.journal.read_text().splitlines()]
    kept = [each for each in kept if "notes/revised" not in each["step"] and "note_revised" not in each["step"]]
    lines = [json.dumps({**each, "seq": place}) + "\n" for place, each in enumerate(kept)]
    session.paths.journal.write_text("".join(lines))
    older = open_session(session.paths.root)
    assert conduct(older, resume=True).state == "done"
    assert not list(older.journal.all(NotesRevised)) and "Revised:" not in older.paths.notes.read_text()


def test_a_kill_between_revision_and_its_event_asks_nothing_twice(tmp_path: Path) -> None:
    """Cut off after the first note was written anew, the rest follows from the answer that is there."""
    both = REVISION + REVISION.replace("run_1", "run_2").replace("run 2 does", "run 1 does")
    session = family_session(tmp_path, {**TOLD, STEP: both}, max_runs=2)
    conduct(session)
    lines = session.paths.journal.read_text().splitlines(keepends=True)
    cut = next(place for place, line in enumerate(lines) if '"step":"run_1/note_revised"' in line)
    session.paths.journal.write_text("".join(lines[: cut + 1]))
    resumed = open_session(session.paths.root)
    assert conduct(resumed, resume=True).state == "done"
    assert revised(resumed).runs == ["run_1", "run_2"]
    assert [str(event.step) for event in resumed.journal.all(Exchanged)].count("notes/revised/1") == 1
    assert [str(note.step) for note in resumed.journal.all(Noted)].count("run_1/note_revised") == 1


def test_the_earlier_forms_are_history_and_no_evidence(tmp_path: Path) -> None:
    """What an earlier form claimed wrongly is no finding once it is revised; what was put into it afterwards is one."""
    session = family_session(tmp_path, {**TOLD, STEP: REVISION}, max_runs=2)
    conduct(session)
    events = [json.loads(line) for line in session.paths.journal.read_text().splitlines()]
    final = next(each for each in events if each["step"] == "run_1/note_final")
    final["refused"] = "no usable answer"
    session.paths.journal.write_text("".join(json.dumps(each) + "\n" for each in events))
    assert not audit_session(open_session(session.paths.root)).findings
    final["text"] = final["text"].replace("A setting.", "A setting that was put in.")
    session.paths.journal.write_text("".join(json.dumps(each) + "\n" for each in events))
    assert any("put in" in found.what for found in audit_session(open_session(session.paths.root)).findings)


def test_a_revision_is_recorded_and_played_again(tmp_path: Path) -> None:
    """A recording made of the session holds the answer at its step, so that a replay revises the same note."""
    session = family_session(tmp_path, {**TOLD, STEP: REVISION}, max_runs=2)
    conduct(session)
    assert recording_of(session).answers["writer", Step("notes/revised/1")].reply == REVISION
    notes = story_of(session).run_notes
    assert [bool(note.revised_after) for note in notes.values()] == [True, False]
