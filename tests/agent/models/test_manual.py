"""A person or another program as the model, through files."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from agent.errors import Interrupted, SessionError
from agent.models.manual import ManualModel, give_answer, open_requests
from agent.models.protocol import Message, Reply, Request
from agent.session.steps import Step
from agent.session.stop import Stop

pytestmark = pytest.mark.process

REQUEST = Request("writer", Step("run_1/note/1"), (Message("system", "be brief"), Message("user", "what happened?")))


def ask(model: ManualModel) -> tuple[threading.Thread, list[Reply]]:
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(model.answer(REQUEST)))
    thread.start()
    for _ in range(100):
        if open_requests(model.folder):
            break
        time.sleep(0.02)
    return thread, replies


def test_the_question_is_readable_and_its_answer_is_taken(tmp_path: Path) -> None:
    """The file holds role, step and every message; the answer's text comes back."""
    thread, replies = ask(ManualModel(tmp_path))
    text = open_requests(tmp_path)[0].read_text()
    assert "writer" in text and "run_1/note/1" in text and "be brief" in text and "what happened?" in text
    give_answer(tmp_path, "it ran", "run_1/note/1")
    thread.join(5)
    assert replies[0].text == "it ran\n"
    assert open_requests(tmp_path) == []


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


def test_a_file_still_being_typed_is_not_taken(tmp_path: Path) -> None:
    """An answer counts once it has not changed for a second."""
    model = ManualModel(tmp_path)
    thread, replies = ask(model)
    target = tmp_path / "run_1-note-1.answer.md"
    for text in ("half", "half of", "half of it, whole now"):
        target.write_text(text)
        time.sleep(0.4)
    thread.join(5)
    assert replies[0].text == "half of it, whole now\n"


def test_waiting_hears_the_stop(tmp_path: Path) -> None:
    """Ctrl-C ends the wait for a person."""
    stop = Stop()
    stop.request("Ctrl-C")
    with pytest.raises(Interrupted, match="Ctrl-C"):
        ManualModel(tmp_path, stop).answer(REQUEST)


def test_an_empty_answer_is_refused(tmp_path: Path) -> None:
    """An empty answer writes nothing."""
    thread, _ = ask(ManualModel(tmp_path))
    with pytest.raises(SessionError, match="empty"):
        give_answer(tmp_path, " \n", "run_1/note/1")
    give_answer(tmp_path, "x", "run_1/note/1")
    thread.join(5)
