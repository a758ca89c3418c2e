"""A command that is told what happened: what it gets, what it does not get, and that its failure costs nothing."""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
import time
from pathlib import Path

import pytest

from agent.conduct import conduct, gateway_of
from agent.models.manual import give_answer
from agent.models.protocol import Message
from agent.notify import notify
from agent.packing.redact import redaction_of
from agent.prompts import Prompts
from agent.session.events import SessionEnded, SessionResumed
from agent.session.session import open_session
from agent.session.settings import Settings
from agent.session.settings.notify import NotifySettings
from agent.session.settings.resumed import differences
from tests.world.toy import toy_session

pytestmark = pytest.mark.process


def test_it_gets_one_object_and_no_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The object is whole JSON on stdin; the environment holds HOME and PATH and nothing that looks like a key."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted")
    monkeypatch.setenv("HF_TOKEN", "hf_planted")
    notify(
        NotifySettings(command=f"cat > {tmp_path}/told; env > {tmp_path}/env"),
        {"event": "end", "reason": "a 'quote'\n"},
    )
    assert json.loads((tmp_path / "told").read_text()) == {"event": "end", "reason": "a 'quote'\n"}
    env = (tmp_path / "env").read_text()
    assert "planted" not in env and "PATH=" in env and "HOME=" in env


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("echo no mail here >&2; exit 3", "exit status 3 (no mail here)"),
        ("/nowhere/at/all", "exit status 127"),
        ("sleep 60", "took longer than 0.5 s (notify_timeout_s)"),
        ("exec 0<&-; exit 1", "exit status 1"),
    ],
)
def test_its_failure_is_a_warning(command: str, told: str, caplog: pytest.LogCaptureFixture) -> None:
    """A command that fails, is not there, hangs or does not listen is said in a line, and ended within its time."""
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        notify(NotifySettings(command=command, timeout_s=0.5), {"event": "end", "padding": "x" * 200_000})
    assert told in caplog.text
    assert time.monotonic() - began < 50


def test_what_it_leaves_in_the_background_holds_nobody_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A command that ends and leaves a slow process behind is over before that is, and the process goes on."""
    notify(NotifySettings(command=f"(while [ ! -e {tmp_path}/go ]; do sleep 0.1; done; touch {tmp_path}/late) &"), {})
    assert not caplog.records, "nothing was waited for until its time was up"
    (tmp_path / "go").touch()
    while not (tmp_path / "late").exists():
        time.sleep(0.02)


def test_a_full_disk_keeps_no_word_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nowhere can a temporary file be made, and that may be just what is to be told."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    notify(NotifySettings(command=f"cat > {tmp_path}/told; echo failed >&2; exit 1"), {"event": "pause"})
    assert json.loads((tmp_path / "told").read_text()) == {"event": "pause"}
    monkeypatch.delattr(os, "memfd_create")
    notify(NotifySettings(command=f"cat > {tmp_path}/again"), {"event": "pause"})
    assert (tmp_path / "again").exists()


def test_a_death_is_told_by_who_takes_the_session_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed without a word, it is told once, as a failure, before it goes on; one that ended, or had not begun to work, is not."""
    session = toy_session(tmp_path, notify_command=f"cat >> {tmp_path}/told")
    paused = SessionEnded(state="paused", exit_code=4)
    monkeypatch.setattr("agent.conduct._worked", lambda *_: paused)
    for died in (False, True, False):
        session = open_session(session.paths.root)
        if died:
            session.journal.append(SessionResumed(pid=1))
        conduct(session, resume=True)
    told = [json.loads(line) for line in (tmp_path / "told").read_text().splitlines()]
    assert [(each["event"], each["state"]) for each in told] == [
        ("pause", "paused"),
        ("failure", "failed"),
        ("pause", "paused"),
        ("pause", "paused"),
    ]
    assert "without a word" in told[1]["reason"] and told[1]["exit_code"] == 1


def test_a_session_that_fails_is_told(tmp_path: Path) -> None:
    """A recording that cannot be read fails the session: event, state, reason, exit code and folder say so."""
    told = tmp_path / "told"
    session = toy_session(tmp_path, notify_command=f"cat > {told}")
    (tmp_path / "toy.recording.jsonl").write_text("{}\n")
    conduct(session)
    value = json.loads(told.read_text())
    assert (value["event"], value["state"], value["exit_code"]) == ("failure", "failed", 2)
    assert value["folder"] == str(session.paths.root) and "toy.recording.jsonl" in value["reason"]
    assert value["model"] == "recorded" and value["idea"] == session.idea.Name and value["tokens"] == 0


def test_the_command_leaves_with_no_package_and_stands_in_no_journal(tmp_path: Path) -> None:
    """An address in it may be a secret: packing replaces the command whole, and a change of it is told without its text."""
    command = "curl -d @- https://hooks.example.com/T0/B0/planted"
    session = toy_session(tmp_path, notify_command=command)
    redacted = redaction_of(session, str(session.template.root)).text("session.json", session.paths.spec.read_text())
    assert "hooks" not in redacted and "(secret)" in redacted
    assert differences(Settings(), session.settings)[-1:] == ["notify_command is another"]


def test_a_question_to_a_person_is_told_as_it_is_asked(tmp_path: Path) -> None:
    """With a manual model the command hears of the question while it waits, once, with its step."""
    told = tmp_path / "told"
    session = toy_session(tmp_path, model="manual", notify_command=f"cat >> {told}")
    gateway = gateway_of(session, Prompts())
    asked = threading.Thread(target=gateway.ask, args=("writer", "plan/1", [Message("user", "plan?")]))
    asked.start()
    while not told.exists() or not told.read_text():
        time.sleep(0.02)
    give_answer(session.paths.requests, "1. nothing", "plan/1")
    asked.join()
    (line,) = told.read_text().splitlines()
    value = json.loads(line)
    assert (value["event"], value["step"], value["state"]) == ("question", "plan/1", "running")
