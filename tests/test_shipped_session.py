"""The session that ships with the project: its recording is what it says, and works through to a paper on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agent.models.recording import Recording, load_recording
from agent.session.events import (
    Advised,
    AttemptEnded,
    Compiled,
    Edited,
    Exchanged,
    FiguresDrawn,
    Noted,
    RunAccepted,
)
from agent.session.files import sha256
from agent.session.idea import load_idea
from agent.session.session import Session, open_session
from agent.session.settings import REPOSITORY
from agent.session.template import load_template

IDEA = REPOSITORY / "ideas" / "progressive.json"
MOST_TOKENS = 350_000


@pytest.fixture(scope="module")
def recording() -> Recording:
    return load_recording(IDEA.with_name("progressive.recording.jsonl"))


def test_the_recording_says_how_it_was_made(recording: Recording) -> None:
    """Its header names the idea and the manual session; every answer was given by hand, none by a model it claims."""
    assert recording.header.idea == load_idea(IDEA).Name
    assert "manual" in recording.header.origin
    assert {answer.model for answer in recording.answers.values()} == {"manual"}
    assert all(answer.prompt_sha256 for answer in recording.answers.values())


def test_the_recording_fits_the_template(recording: Recording) -> None:
    """Its edits were made for the files as they are; after changing these, drive a manual session and export it anew."""
    template = load_template(REPOSITORY)
    assert set(recording.header.files) == set(template.editable)
    for name, digest in recording.header.files.items():
        assert sha256((REPOSITORY / name).read_bytes()) == digest, name


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """The shipped session, worked on this machine."""
    out = tmp_path_factory.mktemp("shipped")
    command = [
        sys.executable,
        str(REPOSITORY / "agent" / "run_idea.py"),
        str(IDEA),
        "--json",
        "--out",
        str(out),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=2400)
    assert done.returncode == 0, done.stdout + done.stderr
    return open_session(Path(json.loads(done.stdout)["session"]))


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_the_shipped_session_is_a_whole_study(session: Session) -> None:
    """At least seven accepted runs, a repaired crash, a no-edit answer caught, a note and advice for each run, a paper."""
    journal = session.journal
    accepted = [event.run for event in journal.all(RunAccepted) if event.run != "run_0"]
    assert len(accepted) >= 7
    assert {"crashed", "no_edit", "ok"} <= {event.outcome for event in journal.all(AttemptEnded)}
    assert any(event.unmatched and event.outcome == "applied" for event in journal.all(Edited))
    assert [event.run for event in journal.all(Advised)] == accepted
    assert {event.subject for event in journal.all(Noted)} == {*accepted, "figures"}
    assert sum(name.endswith(".pdf") for name in list(journal.all(FiguresDrawn))[-1].files) >= 3
    assert list(journal.all(Compiled))[-1].ok and session.paths.paper.read_bytes().startswith(b"%PDF-")


@pytest.mark.slow
@pytest.mark.timeout(2500)
def test_the_shipped_session_is_frugal(session: Session) -> None:
    """All exchanges together send at most 350,000 tokens, by our own meter."""
    assert 0 < sum(event.tokens_sent for event in session.journal.all(Exchanged)) <= MOST_TOKENS
