"""A session is looked at before it is resumed: damage is fatal, what was only kept to be read is a warning."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agent.checks.session import session_check
from agent.session.events import Edited, Exchanged
from agent.session.lock import SessionLock
from agent.session.session import Session
from tests.world.toy import toy_session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session with one edit in its journal."""
    session = toy_session(tmp_path)
    session.journal.append(Edited(outcome="applied", files={"experiment.py": session.blobs.put(b"edited")}))
    return session


def test_a_whole_session_can_be_gone_on_with(session: Session) -> None:
    """It is read, and nothing is written."""
    before = sorted(session.paths.root.rglob("*"))
    result = session_check(session.paths.root)
    assert result.ok and "nothing is damaged" in result.detail
    assert sorted(session.paths.root.rglob("*")) == before


def test_altered_code_is_fatal(session: Session) -> None:
    """The blob is named before anything is resumed."""
    blob = session.paths.blobs / session.blobs.put(b"edited")
    blob.write_bytes(b"something else")
    result = session_check(session.paths.root)
    assert (result.ok, result.fatal) == (False, True) and str(blob) in result.detail


@pytest.mark.parametrize("line", [b"", b"garbage\n"])
def test_a_journal_that_cannot_be_read_is_fatal(session: Session, line: bytes) -> None:
    """Empty, or with a line that is none: the sentence of the resumption, without resuming."""
    session.paths.journal.write_bytes(session.paths.journal.read_bytes() + line if line else b"")
    result = session_check(session.paths.root)
    assert (result.ok, result.fatal) == (False, True) and "journal.jsonl" in result.detail


def test_a_lost_exchange_is_a_warning(session: Session) -> None:
    """The session can be resumed all the same."""
    session.journal.append(Exchanged(number=1, role="writer", model="m", tokens_sent=1, tokens_received=1))
    result = session_check(session.paths.root)
    assert (result.ok, result.fatal) == (False, False) and "0001.json missing" in result.detail


def test_a_folder_that_is_no_session_is_said(tmp_path: Path) -> None:
    """With what a session's folder would hold."""
    assert "holds no session.json" in session_check(tmp_path).detail


def test_who_works_in_it_is_said(session: Session) -> None:
    """It is not damaged, and cannot be resumed now."""
    with SessionLock(session.paths.lock):
        result = session_check(session.paths.root)
    assert (result.ok, result.fatal) == (False, False) and f"process {os.getpid()}" in result.detail
