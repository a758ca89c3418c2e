"""A session's folder that was damaged: found before it is worked on, named, and told what helps."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.checks.session import session_check
from agent.errors import SessionError
from agent.session.damage import lost, refuse_damage, sweep
from agent.session.events import AttemptEnded, Edited, Exchanged, RunAccepted
from agent.session.session import Session, note_resumption, open_session
from agent.session.steps import BASELINE, RunName
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
    """Nothing is refused where nothing is damaged, and its journal goes on."""
    taken_up = open_session(session.paths.root)
    note_resumption(taken_up, 1)
    assert taken_up.journal.events[-1].kind == "session_resumed"


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


@pytest.mark.parametrize("name", ["../x.py", "/tmp/x.py", "a/../../x.py", "", "a\x00b"])
@pytest.mark.parametrize("where", ["session.json", "an edit", "a run"])
def test_code_that_would_be_written_elsewhere_is_refused(session: Session, name: str, where: str) -> None:
    """A session that somebody made writes nothing outside its workspace when it is taken up: the file is named."""
    code = {name: session.files["plot.py"]}
    if where == "session.json":
        raw = json.loads(session.paths.spec.read_text())
        session.paths.spec.write_text(json.dumps(raw | {"files": code}))
    elif where == "an edit":
        session.journal.append(Edited(outcome="applied", files=code))
    else:
        session.journal.append(RunAccepted(run=RunName("run_1"), title="x", code=code))
    with pytest.raises(SessionError, match="lies outside the workspace"):
        note_resumption(open_session(session.paths.root), 1)


def fifo(path: Path) -> None:
    """A pipe that nobody writes into: whoever opens it waits for ever."""
    os.mkfifo(path)


def dangling(path: Path) -> None:
    """A link to nowhere."""
    path.symlink_to("/no/such/place")


FILES = [
    "journal.jsonl",
    "session.json",
    ".lock",
    "notes.txt",
    "titles.json",
    "metrics.json",
    "audit.json",
    "index.html",
    "paper.pdf",
    "controls.json",
    "exchanges/0001.json",
    "exchanges/0007.json",
    "run_0.py",
]
FOLDERS = ["blobs", "exchanges", "workspace", "attempts", "attempts/007", "figures", "latex", "run_0"]


@pytest.mark.parametrize("harm", [Path.mkdir, fifo, dangling])
@pytest.mark.parametrize("name", FILES)
def test_what_stands_where_a_file_belongs_is_named(session: Session, name: str, harm: Callable[[Path], None]) -> None:
    """A folder, a FIFO or a link to nowhere: a sentence with the path, what it is and the remedy; nothing is opened."""
    path = session.paths.root / name
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    harm(path)
    with pytest.raises(
        SessionError, match=rf"{path}: a (folder|FIFO|link that leads nowhere).* where a file belongs; "
    ):
        open_session(session.paths.root)
    checked = session_check(session.paths.root)
    assert not checked.ok and str(path) in checked.detail


@pytest.mark.parametrize("harm", [Path.touch, fifo, dangling])
@pytest.mark.parametrize("name", FOLDERS)
def test_what_stands_where_a_folder_belongs_is_named(session: Session, name: str, harm: Callable[[Path], None]) -> None:
    """The same of a file in the place of a folder."""
    path = session.paths.root / name
    path.parent.mkdir(exist_ok=True)
    shutil.rmtree(path, ignore_errors=True)
    harm(path)
    with pytest.raises(SessionError, match=rf"{path}: a .* where a folder belongs; "):
        open_session(session.paths.root)


def test_a_file_may_be_a_link_to_one(session: Session) -> None:
    """Somebody moved a big file to another disk and left a link: nothing is refused."""
    moved = session.paths.root.parent / "elsewhere.jsonl"
    session.paths.journal.rename(moved)
    session.paths.journal.symlink_to(moved)
    assert len(open_session(session.paths.root).journal.events) == 4


def test_what_an_editor_did_to_a_file_is_read(session: Session) -> None:
    """A byte order mark and the line ends of Windows change nothing, and the next line is as ever."""
    for path in (session.paths.journal, session.paths.spec):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    again = open_session(session.paths.root)
    assert again.journal.events == session.journal.events
    note_resumption(again, 1)
    assert len(open_session(session.paths.root).journal.events) == 5


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ([0, 1, 1, 2, 3], "line 3 repeats event 1 .edit., which stands above it"),
        ([0, 1, 2, 3, 2], "line 5 repeats event 2"),
        ([0, 2, 1, 3], "line 2 holds event 2 .run. where event 1 belongs: lines were swapped or lost"),
        ([0, 1, 3], "line 3 holds event 3 .exchange. where event 2 belongs"),
        ([0, 0, 1, 2, 3], "line 2 repeats event 0"),
    ],
)
def test_lines_that_do_not_follow_one_another_are_refused(session: Session, order: list[int], said: str) -> None:
    """A line that stands twice, lines that changed places, one that is gone: named by its number, with the remedy."""
    lines = session.paths.journal.read_bytes().splitlines(keepends=True)
    session.paths.journal.write_bytes(b"".join(lines[number] for number in order))
    with pytest.raises(SessionError, match=rf"journal.jsonl: {said}.*put journal.jsonl back from a copy"):
        open_session(session.paths.root)
    session.paths.journal.write_bytes(b"".join(lines))
    open_session(session.paths.root)


def ended(number: int) -> AttemptEnded:
    """The end of an attempt at run_1."""
    return AttemptEnded(number=number, run=RunName("run_1"), outcome="ok")


def accepted(attempt: int) -> RunAccepted:
    """run_1, from this attempt."""
    return RunAccepted(run=RunName("run_1"), title="x", attempt=attempt)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([ended(1), ended(2), accepted(2)], ""),
        ([ended(2), ended(4)], ""),
        ([ended(2), ended(1)], "line 6 ends attempt 1 after attempt 2 ended .line 5."),
        ([ended(1), ended(1)], "line 6 ends attempt 1 after attempt 1 ended"),
        ([ended(1), accepted(1), accepted(1)], "line 7 accepts run_1 a second time"),
        ([accepted(1), ended(1)], "line 5 accepts run_1 before its attempt 1 has ended"),
    ],
)
def test_events_that_cannot_have_come_about_so_are_refused(
    session: Session, events: list[AttemptEnded | RunAccepted], said: str
) -> None:
    """Numbered anew by hand, attempts or runs come twice, go backwards, or before what they stand on: the line is named."""
    for event in events:
        session.journal.append(event)
    if not said:
        note_resumption(open_session(session.paths.root), 1)
        return
    with pytest.raises(SessionError, match=f"journal.jsonl: {said}.*put it back from a copy"):
        note_resumption(open_session(session.paths.root), 1)
    assert not session_check(session.paths.root).ok


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
