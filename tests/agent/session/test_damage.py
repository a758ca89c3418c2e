"""A session's folder that was damaged: found before it is worked on, named, and told what helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import SessionError
from agent.session.damage import lost, refuse_damage, sweep
from agent.session.events import Edited, Exchanged, RunAccepted
from agent.session.session import Session, note_resumption, open_session
from agent.session.steps import BASELINE
from tests.world.toy import toy_session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session with a blob of each kind, an exchange and a run in its journal."""
    session = toy_session(tmp_path)
    edited, accepted = session.blobs.put(b"edited"), session.blobs.put(b"accepted")
    session.journal.append(Edited(outcome="applied", files={"experiment.py": edited}))
    session.journal.append(RunAccepted(run=BASELINE, title="Baseline", code={"experiment.py": accepted}))
    session.journal.append(Exchanged(number=1, role="writer", model="m", tokens_sent=1, tokens_received=1))
    return session


def test_a_whole_session_is_taken_up(session: Session) -> None:
    """Nothing is refused where nothing is damaged."""
    note_resumption(open_session(session.paths.root), 1)


@pytest.mark.parametrize("which", ["edited", "accepted", "began"])
@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_code_that_was_harmed_is_refused_before_anything_runs(session: Session, which: str, harm: str) -> None:
    """Whichever version of the code it is: the blob is named, with the remedy, and no line says it was resumed."""
    name = {"edited": session.blobs.put(b"edited"), "accepted": session.blobs.put(b"accepted")}.get(which)
    blob = session.paths.blobs / (name or session.files["plot.py"])
    blob.unlink() if harm == "missing" else blob.write_bytes(b"something else")
    before = session.paths.journal.read_bytes()
    with pytest.raises(SessionError, match=f"{blob}: {harm}: .*put it back from a copy"):
        note_resumption(open_session(session.paths.root), 1)
    assert session.paths.journal.read_bytes() == before
    with pytest.raises(SessionError, match=harm):
        session.blobs.get(blob.name)
    with pytest.raises(SessionError, match=harm):
        refuse_damage(session.paths, session.journal, session.files)


def test_what_was_only_kept_to_be_read_is_a_warning(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    """An exchange and the folder of a run that are gone are named; the session goes on."""
    note_resumption(open_session(session.paths.root), 1)
    assert "0001.json missing" in caplog.text and "run_0: missing" in caplog.text
    session.paths.exchanges.mkdir(exist_ok=True)
    session.paths.exchange(1).write_text("{}")
    session.paths.run(BASELINE).mkdir()
    assert lost(session.paths, session.journal) == []


def test_what_a_kill_left_lying_is_taken_away(session: Session) -> None:
    """Writes that were never finished, wherever the tool writes; a user's own hidden files stay."""
    for name in (".notes.txt.123.tmp", "exchanges/.0001.json.99.tmp", "workspace/.experiment.py.7.tmp"):
        path = session.paths.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("half")
    kept = session.paths.root / ".mine.tmp"
    kept.write_text("mine")
    (session.paths.root / ".notes.txt.9.tmp").mkdir()  # no write of ours makes a folder
    assert sorted(sweep(session.paths)) == [
        ".notes.txt.123.tmp",
        "exchanges/.0001.json.99.tmp",
        "workspace/.experiment.py.7.tmp",
    ]
    assert kept.exists() and sweep(session.paths) == []


@pytest.mark.parametrize("garbage", [b"garbage\n", b"\x00\x00\x00\n", b'{"kind": "plan"\n', b'{"kind": "nosuch"}\n'])
def test_a_last_line_of_garbage_can_be_set_aside(session: Session, garbage: bytes) -> None:
    """The message names the line and the command that sets it aside; after it the session opens."""
    with session.paths.journal.open("ab") as file:
        file.write(garbage)
    with pytest.raises(
        SessionError, match=r"line 5 is damaged.*it is the last: to set it aside, `cp journal.jsonl .*'5,\$d'"
    ):
        open_session(session.paths.root)
    lines = session.paths.journal.read_bytes().splitlines(keepends=True)
    session.paths.journal.write_bytes(b"".join(lines[:4]))  # what the command does
    assert len(open_session(session.paths.root).journal.events) == 4


def test_a_line_in_the_middle_cannot(session: Session) -> None:
    """There the rest of the session stands on it, and the message says so."""
    lines = session.paths.journal.read_bytes().splitlines(keepends=True)
    session.paths.journal.write_bytes(lines[0] + b"garbage\n" + b"".join(lines[2:]))
    with pytest.raises(SessionError, match="line 2 is damaged.*put the file back from a copy"):
        open_session(session.paths.root)


@pytest.mark.parametrize("content", [b"", b"\n", b'{"kind": "session_st'])
def test_an_empty_journal_is_refused(session: Session, content: bytes) -> None:
    """It is not worked anew from the start: all would be paid again."""
    session.paths.journal.write_bytes(content)
    with pytest.raises(SessionError, match="holds no event"):
        open_session(session.paths.root)
