"""The transcript and the timeline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.page.transcript import timeline, transcript
from agent.session.events import (
    AttemptEnded,
    Audited,
    Compiled,
    Edited,
    Event,
    FiguresDrawn,
    Planned,
    RunAbandoned,
    SessionEnded,
    Unused,
)
from agent.session.reading import read_session
from agent.session.session import Session
from agent.session.steps import RunName, Step
from tests.world.sessions import make_session

ONE = RunName.of(1)


def test_every_call_is_told_with_its_messages(whole: Session) -> None:
    """Role, step, model, tokens, time, price and tries; the messages and the reply of its file."""
    calls = transcript(read_session(whole.paths.root))
    assert [call.number for call in calls] == list(range(1, len(calls) + 1))
    fourth = calls[3]
    assert (fourth.role, fourth.step, fourth.model) == ("adviser", "run_1/advice/1", "test/scripted")
    assert fourth.facts == "2\u202f100 tokens sent · 300 received · 8.5 s · $0.011 · 1 retries"
    assert [role for role, _ in fourth.messages] == ["system", "user"]
    assert fourth.reply and not fourth.note


@pytest.mark.parametrize("kept", ["{", "[]", '{"messages": "none"}', '{"messages": [7, {"role": "user"}]}'])
def test_a_damaged_call_is_still_told(tmp_path: Path, kept: str) -> None:
    """What the journal knows of it stands; of its file, whatever can be read."""
    session = make_session(tmp_path)
    session.paths.exchange(1).write_text(kept)
    call = transcript(read_session(session.paths.root))[0]
    assert call.facts.startswith("4\u202f200 tokens sent")
    assert (call.note != "") == (kept in ("{", "[]"))
    assert call.messages in ((), (("user", ""),))


def test_an_endless_message_is_cut_and_says_so(tmp_path: Path) -> None:
    """Two hundred thousand characters, and how many more there are."""
    session = make_session(tmp_path)
    session.paths.exchange(1).write_text(json.dumps({"reply": "x" * 200_005}))
    reply = transcript(read_session(session.paths.root))[0].reply
    assert reply.endswith("x\n… 5 more characters in the exchange's file")


def test_every_event_is_a_moment_after_the_first(whole: Session) -> None:
    """One a line, with the time since the session began; the same events give the same timeline."""
    moments = timeline(whole.journal.events)
    assert len(moments) == len(whole.journal.events)
    assert (moments[0].since, moments[0].kind, moments[0].text) == (
        "0.0 s",
        "session started",
        "pocket_orthogonality on the template pocket",
    )
    assert moments[-1].text == "done, with findings: 1 finding"
    assert timeline([]) == ()


@pytest.mark.parametrize(
    ("event", "text", "tone"),
    [
        (Edited(outcome="applied", changed=["a.py", "b.py"]), "the edit was applied: a.py, b.py", "good"),
        (Edited(outcome="no_edit"), "the coder answered without changing a file", "bad"),
        (
            AttemptEnded(number=1, run=ONE, outcome="timed_out", reason="at 60 s"),
            "run_1, attempt 1: timed out after 0.0 s: at 60 s",
            "bad",
        ),
        (AttemptEnded(number=1, run=ONE, outcome="ok"), "run_1, attempt 1: ok after 0.0 s", "good"),
        (RunAbandoned(run=ONE, reason="no luck"), "run_1 given up: no luck", "bad"),
        (FiguresDrawn(ok=True, files=["a.pdf"]), "1 file", "good"),
        (FiguresDrawn(ok=False, reason="it crashed"), "failed: it crashed", "bad"),
        (Compiled(ok=True, pages=7), "7 pages", "good"),
        (Compiled(ok=False), "LaTeX made no PDF", "bad"),
        (Audited(numbers=3), "3 numbers checked, no findings", "good"),
        (SessionEnded(state="paused", reason="no money"), "paused: no money", "flat"),
        (Planned(text="a long plan"), "", "none"),
    ],
)
def test_a_moment_says_what_happened_and_whether_it_was_good(event: Event, text: str, tone: str) -> None:
    """A few words, and a tone that is good or bad only where something was tried."""
    (moment,) = timeline([event])
    assert (moment.text, moment.tone) == (text, tone)


def test_reasoning_and_what_was_not_used_are_shown(tmp_path: Path) -> None:
    """What a model thought stands beside its reply; a reply that is no answer is there under the step that asked for it."""
    whole = make_session(tmp_path)
    number = len(transcript(read_session(whole.paths.root))) + 1
    unused = Unused(
        number=number,
        asked=Step("plan/1"),
        fault="cut",
        role="writer",
        model="m",
        tokens_sent=1,
        tokens_received=9,
        reasoning_characters=4,
    )
    whole.journal.append(unused)
    whole.paths.exchange(number).write_text(json.dumps({"reply": "half", "reasoning": "hmm?", "messages": []}))
    last = transcript(read_session(whole.paths.root))[-1]
    assert (last.step, last.reply, last.reasoning) == ("plan/1", "half", "hmm?")
    assert "4 characters of reasoning · not used: cut" in last.facts
    assert "not used: cut" in timeline([unused])[0].text
