"""A session's exchanges are a recording: it plays the same answers to the same steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.models.exchanges import Exchanges
from agent.models.gateway import Gateway
from agent.models.limits import Limits
from agent.models.protocol import Message, Reply, Request
from agent.models.recording import load_recording
from agent.replaying.recorded import recording_of
from agent.session.steps import PLAN
from tests.world.toy import toy_session

pytestmark = pytest.mark.whole


class Parrot:
    """Says what it was asked."""

    name = "parrot"

    def answer(self, request: Request) -> Reply:
        return Reply(f"you said: {request.messages[-1].content}", "parrot")


def test_a_session_is_recorded_as_it_was_answered(tmp_path: Path) -> None:
    """Its header says where it comes from; each answer has its step, who gave it, and the hash of what was asked."""
    session = toy_session(tmp_path)
    asked = Gateway(session.journal, Exchanges(session.paths.exchanges), {"writer": Parrot()}, Limits())
    asked.ask("writer", PLAN.exchange(1), [Message("user", "hä?")])
    recording = recording_of(session)
    assert (recording.header.idea, recording.header.template) == ("averaged_iterates", "toy")
    assert recording.header.origin == f"exchanges of session {session.name}"
    assert recording.header.files == session.files
    recording.save(tmp_path / "r.jsonl")
    (answer,) = load_recording(tmp_path / "r.jsonl").answers.values()
    assert (answer.role, answer.step, answer.reply, answer.model) == ("writer", "plan/1", "you said: hä?", "parrot")
    assert len(answer.prompt_sha256) == 64
