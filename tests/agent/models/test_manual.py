"""A person or another program as the model, through files."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from agent.errors import Interrupted, SessionError
from agent.models.manual import ManualModel, give_answer, open_requests, request_paths
from agent.models.protocol import Message, Reply, Request
from agent.session.steps import Step
from agent.session.stop import Stop

pytestmark = pytest.mark.process

REQUEST = Request("writer", Step("run_1/note/1"), (Message("system", "be brief"), Message("user", "what happened?")))


def ask(model: ManualModel) -> tuple[threading.Thread, list[Reply]]:
    replies: list[Reply] = []
    thread = threading.Thread(target=lambda: replies.append(model.answer(REQUEST)))
    thread.start()
    while not open_requests(model.folder):
        time.sleep(0.02)
    return thread, replies


def test_the_question_is_readable_and_its_answer_is_taken(tmp_path: Path) -> None:
    """The file holds role, step and every message; the answer's text comes back."""
    thread, replies = ask(ManualModel(tmp_path))
    text = open_requests(tmp_path)[0].read_text()
    assert "writer" in text and "run_1/note/1" in text and "be brief" in text and "what happened?" in text
    give_answer(tmp_path, "it ran", "run_1/note/1")
    thread.join(60)
    assert replies[0].text == "it ran\n"
    assert open_requests(tmp_path) == []


def test_a_file_still_being_typed_is_not_taken(tmp_path: Path) -> None:
    """An answer counts once it has not changed for a second."""
    model = ManualModel(tmp_path)
    thread, replies = ask(model)
    target = tmp_path / "run_1-note-1.answer.md"
    for text in ("half", "half of", "half of it, whole now"):
        target.write_text(text)
        time.sleep(0.4)
    thread.join(60)
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
    thread.join(60)


def test_what_to_do_is_said_while_it_waits(tmp_path: Path) -> None:
    """How the question is shown and answered, on the progress line; nothing once it is answered."""
    said: list[str] = []
    thread, _ = ask(ManualModel(tmp_path / "requests", say=said.append))
    give_answer(tmp_path / "requests", "it ran", "run_1/note/1")
    thread.join(60)
    assert "agent/answer.py" in said[0] and "--step run_1/note/1 --file FILE" in said[0] and said[1:] == [""]


def test_a_question_that_is_asked_again_is_answered_by_its_step(tmp_path: Path) -> None:
    """The step stands on its first line as before; the first answer stays where it is."""
    for again in (0, 1):
        request = Request("writer", Step("run_1/note/1"), REQUEST.messages, again=again)
        thread = threading.Thread(target=ManualModel(tmp_path).answer, args=(request,))
        thread.start()
        while not open_requests(tmp_path):
            time.sleep(0.02)
        answered = give_answer(tmp_path, f"answer {again}", "run_1/note/1")
        thread.join(60)
    assert answered.name == "run_1-note-1-again-1.answer.md"
    assert (tmp_path / "run_1-note-1.answer.md").read_text() == "answer 0"


def test_an_answer_from_a_clock_ahead_of_ours_is_taken(tmp_path: Path) -> None:
    """A file server an hour ahead, or a clock that was set back: what has not changed for a while is whole."""
    thread, _ = ask(ManualModel(tmp_path))
    given = give_answer(tmp_path, "it ran", "run_1/note/1")
    os.utime(given, (time.time() + 3600,) * 2)
    thread.join(60)
    assert not thread.is_alive()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_an_answer_in_an_editor_s_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    """Windows' editors write UTF-16 or a mark before UTF-8: the words are the same."""
    _, path = request_paths(tmp_path, "run_1/note/1")
    data = "größer als zuvor".encode(encoding)
    path.write_bytes(b"\xfe\xff" + data if encoding == "utf-16-be" else data)
    os.utime(path, (time.time() - 5,) * 2)
    assert ManualModel(tmp_path).answer(REQUEST).text == "größer als zuvor\n"
