"""The record on the page: state, facts, time, paper, audit."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from agent.page.files import Files
from agent.page.record import audit_view, facts_of, paper_view, shares_of, state_view
from agent.results.story import Story
from agent.session.events import (
    Audited,
    Compiled,
    Event,
    Exchanged,
    Finding,
    SectionWritten,
    SessionEnded,
    SessionResumed,
)
from agent.session.folder import Folder
from agent.session.lock import SessionLock
from agent.session.paths import SessionPaths
from agent.session.reading import Reading, read_session
from agent.session.session import Session
from agent.session.settings import Settings
from tests.agent.page.planted import page_of
from tests.world.sessions import make_session


def hold(path: Path, pipe: Connection) -> None:
    """Works in the session until it is told to stop, or killed."""
    with SessionLock(path):
        pipe.send("held")
        pipe.recv()


def test_the_page_says_running_while_the_session_is_held_and_not_a_moment_longer(tmp_path: Path) -> None:
    """A session taken up again after its end: running while its process lives, unfinished as soon as it is killed."""
    session = make_session(tmp_path)
    session.journal.append(SessionResumed(pid=1))
    assert "killed, or the machine went down" in page_of(session).text
    here, there = multiprocessing.Pipe()
    worker = multiprocessing.get_context("spawn").Process(target=hold, args=(session.paths.lock, there))
    worker.start()
    assert here.recv() == "held"
    assert "An orchestrator works in this session now" in page_of(session).text
    worker.kill()
    worker.join()
    assert "killed, or the machine went down" in page_of(session).text
    with SessionLock(session.paths.lock):  # the lock agrees
        pass


@pytest.mark.parametrize(
    ("state", "word", "tone"),
    [
        ("done", "done", "good"),
        ("findings", "done, with findings", "bad"),
        ("paused", "paused", "flat"),
        ("interrupted", "interrupted", "flat"),
        ("failed", "failed", "bad"),
    ],
)
def test_a_session_that_ended_says_how(state: Any, word: str, tone: str) -> None:
    """In a word and a sentence, with the reason; whoever holds it."""
    view = state_view(Story([SessionEnded(state=state, reason="since it was so")]), held=True)
    assert (view.word, view.tone) == (word, tone)
    assert view.sentence.endswith(". Since it was so")
    named = state_view(Story([SessionEnded(state=state, reason="idea.json: it is gone")]), held=True)
    assert named.sentence.endswith(" idea.json: it is gone")


def test_facts_say_when_who_and_how_much(whole: Session) -> None:
    """Models with their roles, tokens, price, runs and launches, the template and the version."""
    facts = {fact.label: (fact.value, fact.note) for fact in facts_of(Story(whole.journal.events), "9.9")}
    assert facts["Model"] == ("test/scripted (writer, coder, adviser)", "")
    assert facts["Tokens sent"] == ("84\u202f900", "20 calls")
    assert facts["Runs accepted"] == ("3", "4 launches, 3 more for the baseline")
    assert (facts["Template"], facts["labloop"]) == (("pocket", ""), ("9.9", ""))


@pytest.mark.parametrize(
    ("model", "usd", "cost", "note"),
    [
        ("recorded (manual)", 0.0, "$0.00", "recorded answers cost nothing"),
        ("some/model", 0.0, "$0.00", "no price is known"),
        ("some/model", 0.0123, "$0.012", ""),
        ("some/model", 12.345, "$12.35", ""),
    ],
)
def test_a_price_that_is_not_known_is_not_said_to_be_nothing(model: str, usd: float, cost: str, note: str) -> None:
    """Small prices have the digits that show them; no price at all has its reason."""
    call = Exchanged(number=1, role="coder", model=model, tokens_sent=1, tokens_received=1, usd=usd)
    facts = {fact.label: (fact.value, fact.note) for fact in facts_of(Story([call]), "")}
    assert facts["Cost"] == (cost, note)


def test_an_empty_journal_has_facts_too() -> None:
    """Nothing is known, and that is said."""
    facts = {fact.label: fact.value for fact in facts_of(Story([]), "")}
    assert (facts["Began"], facts["Model"], facts["Template"]) == ("unknown", "none asked yet", "unknown")
    assert shares_of(Story([])) == ()


def test_shares_of_the_time_are_a_whole(whole: Session) -> None:
    """They begin where the one before ends, and are a hundred percent together."""
    shares = shares_of(Story(whole.journal.events))
    assert [share.label for share in shares] == ["experiments", "evaluator", "models", "everything else"]
    assert sum(share.percent for share in shares) == pytest.approx(100, abs=0.1)
    assert shares[1].start == shares[0].percent


@pytest.mark.parametrize(
    ("events", "settings", "there", "sentence"),
    [
        ([], Settings.model_validate({"paper": False}), False, "The session was asked for no paper (--no-paper)."),
        ([], None, False, "No paper has been written yet."),
        (
            [SectionWritten(section="Method", phase="fill", source="")],
            None,
            False,
            "The draft has not been compiled yet.",
        ),
        ([Compiled(ok=False, errors=["! Missing $"])], None, True, "LaTeX made no PDF of the last draft"),
        ([Compiled(ok=True, pages=7)], None, False, "The PDF was made, but paper.pdf is missing"),
        ([Compiled(ok=True, pages=7)], None, True, "7 pages."),
        ([Compiled(ok=True, pages=7, marked=True)], None, True, "7 pages, marked DRAFT since the audit had findings."),
    ],
)
def test_the_paper_says_how_far_it_is(
    tmp_path: Path, events: list[Event], settings: Settings | None, there: bool, sentence: str
) -> None:
    """Not wanted, not begun, not compiled, failed, lost, done, marked: each in a sentence."""
    paths = SessionPaths(tmp_path)
    if there:
        paths.paper.write_bytes(b"%PDF")
    reading = Reading(paths=paths, folder=Folder(tmp_path), metrics={}, settings=settings, events=tuple(events))
    view = paper_view(Story(events), Files(reading, paths.page))
    assert view.sentence.startswith(sentence)
    assert (view.link is not None) == there


def test_sections_show_their_last_version(whole: Session) -> None:
    """With the phases that they went through, and the problems that were left."""
    reading = read_session(whole.paths.root)
    view = paper_view(Story(reading.events), Files(reading, whole.paths.page))
    assert [(section.name, section.phases) for section in view.sections] == [
        ("Title and Abstract", "fill, then refine"),
        ("Results", "fill, then refine"),
    ]
    assert [len(section.problems) for section in view.sections] == [0, 1]
    assert view.title and len(view.citations) == 1


def test_the_audit_says_whether_it_ran_and_what_it_found() -> None:
    """Not yet, clean, or each finding."""
    assert audit_view(Story([])).sentence == "The numbers have not been audited yet."
    assert audit_view(Story([Audited(numbers=3)])).sentence == "3 numbers checked; each one has its evidence."
    finding = Finding(where="Results", what="0.9", why="typed")
    view = audit_view(Story([Audited(numbers=3, findings=[finding])]))
    assert (view.sentence, view.tone) == ("3 numbers checked, 1 finding.", "bad")
    assert [(one.where, one.what, one.why) for one in view.findings] == [("Results", "0.9", "typed")]
