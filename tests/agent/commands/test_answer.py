"""`python agent/answer.py`: a person, or a program, is the model of a manual session."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from agent.commands import answer
from agent.models.manual import ManualModel, give_answer, open_requests
from agent.models.protocol import Message, Reply, Request
from agent.session.lock import SessionLock
from agent.session.steps import Step

REQUEST = Request("writer", Step("run_1/note/1"), (Message("user", "what happened?"),))


def ask(model: ManualModel) -> tuple[threading.Thread, list[Reply]]:
    """A session that waits for its answer; where that will stand."""
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(model.answer(REQUEST)))
    thread.start()
    while not open_requests(model.folder):
        time.sleep(0.02)
    return thread, replies


@pytest.mark.process
def test_answer_py_shows_and_answers(tmp_path: Path) -> None:
    """The command prints the open question, then takes an answer from standard input."""
    requests = tmp_path / "requests"
    thread, replies = ask(ManualModel(requests))
    shown = subprocess.run([sys.executable, "agent/answer.py", tmp_path], capture_output=True, text=True, check=True)
    assert "what happened?" in shown.stdout
    subprocess.run(
        [sys.executable, "agent/answer.py", tmp_path, "--file", "-", "--step", "run_1/note/1"],
        input="fine",
        text=True,
        check=True,
    )
    thread.join(5)
    assert replies[0].text == "fine\n"
    none = subprocess.run([sys.executable, "agent/answer.py", tmp_path], capture_output=True, text=True, check=False)
    assert none.returncode == 1 and "no open question" in none.stderr


@pytest.mark.process
def test_an_answer_to_another_question_than_the_open_one_is_refused(tmp_path: Path) -> None:
    """An answer says which question it is for: without that, or for one that is not open, nothing is written."""
    requests = tmp_path / "requests"
    thread, replies = ask(ManualModel(requests))
    command = [sys.executable, "agent/answer.py", str(tmp_path), "--file", "-"]
    unnamed = subprocess.run(command, input="late", capture_output=True, text=True, check=False)
    assert unnamed.returncode == 2 and "--file needs --step" in unnamed.stderr
    late = subprocess.run([*command, "--step", "plan/1"], input="late", capture_output=True, text=True, check=False)
    assert late.returncode == 1
    assert "no open question of step 'plan/1' (open: run_1-note-1)" in late.stderr
    give_answer(requests, "right", "run_1/note/1")
    thread.join(5)
    assert replies[0].text == "right\n"


def test_a_folder_that_is_no_session_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A misspelt folder is told apart from a session that asks nothing."""
    assert answer.main([str(tmp_path / "gone")]) == 1
    assert "there is no such session folder" in capsys.readouterr().err
    assert answer.main([str(tmp_path)]) == 1
    assert "no open question" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written where the answer's file is missing."""
    assert answer.main([str(tmp_path), "--file", str(tmp_path / "gone.md"), "--step", "plan/1"]) == 1
    assert "--file" in capsys.readouterr().err and not (tmp_path / "requests").exists()


def test_waiting_ends_with_the_session(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No question comes from a session that has ended and in which nobody works; one that goes on is waited for."""
    end = '{"kind": "session_ended", "seq": 9, "state": "done"}\n'
    (tmp_path / "journal.jsonl").write_text('{"kind": "plan"}\n' * 2000 + end)
    began = time.monotonic()
    assert answer.main([str(tmp_path), "--wait", "60"]) == 1 and time.monotonic() - began < 50
    said = capsys.readouterr().err
    assert "the session has ended (done): nothing more is asked in it" in said
    (tmp_path / "journal.jsonl").write_text(end.replace("done", "paused"))
    assert answer.main([str(tmp_path), "--wait", "0.1"]) == 1
    assert "the session has ended (paused): `run_idea.py --resume`" in capsys.readouterr().err
    with SessionLock(tmp_path / ".lock"):
        assert answer.main([str(tmp_path), "--wait", "0.1"]) == 1
    assert "has ended" not in capsys.readouterr().err
    (tmp_path / "journal.jsonl").write_text(end + '{"kind": "session_resumed"}\n')
    assert answer.main([str(tmp_path), "--wait", "0.1"]) == 1
    assert "has ended" not in capsys.readouterr().err


def test_a_folder_of_sessions_names_those_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`answer.py sessions/`: no session, so those in it are named, one with an open question first."""
    for name in ("20260101-a", "20260102-b"):
        (tmp_path / name / "requests").mkdir(parents=True)
        (tmp_path / name / "journal.jsonl").touch()
    (tmp_path / "20260101-a" / "requests" / "plan-1.md").write_text("what?")
    assert answer.main([str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert "a folder of sessions" in told and told.index("20260101-a") < told.index("20260102-b")
