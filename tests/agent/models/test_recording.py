"""Recordings answer by role and step."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import NoRecordedAnswer, UsageError
from agent.models.protocol import Message, Request
from agent.models.recording import Answer, Header, Recording, load_recording
from agent.session.steps import Step


@pytest.fixture
def recording() -> Recording:
    header = Header(idea="x", made="2026-01-01T00:00:00+00:00", origin="a test")
    return Recording(
        header,
        [
            Answer(role="writer", step="plan/1", reply="a plan"),
            Answer(role="coder", step="run_1/turn_1/1", reply="ü\n"),
        ],
    )


def request(step: str) -> Request:
    return Request("writer", Step(step), (Message("user", "whatever the metrics are"),))


def test_a_saved_recording_plays(recording: Recording, tmp_path: Path) -> None:
    """What was saved answers the same steps, whatever the prompt."""
    recording.save(tmp_path / "r.jsonl")
    assert load_recording(tmp_path / "r.jsonl").answer(request("plan/1")).text == "a plan"


def test_a_missing_step_names_the_nearest(recording: Recording) -> None:
    """The error says which step was asked and which was recorded."""
    with pytest.raises(NoRecordedAnswer, match=r"plan/2.*nearest: 'plan/1'"):
        recording.answer(request("plan/2"))


@pytest.mark.parametrize("text", ["", "{}", "not json", '{"format": 99, "idea": "x", "made": "", "origin": ""}'])
def test_what_is_no_recording_is_refused(tmp_path: Path, text: str) -> None:
    """The message names the file."""
    (tmp_path / "r.jsonl").write_text(text)
    with pytest.raises(UsageError, match=r"r\.jsonl"):
        load_recording(tmp_path / "r.jsonl")


def test_it_knows_how_many_runs_it_is_about() -> None:
    """The last run that it has a note on; attempts that were given up do not count."""
    header = Header(idea="x", made="2026-01-01T00:00:00+00:00", origin="a test")
    steps = ("plan/1", "run_1/note/1", "run_2/note/1", "run_2/note/2", "run_3/turn_1/1", "figures/note/1")
    answers = [Answer(role="writer", step=step, reply="") for step in steps]
    assert Recording(header, answers).runs() == 2
    assert Recording(header, []).runs() == 0
