"""The statement on the use of AI follows from the journal: who answered in which role, how often, and what was played."""

from __future__ import annotations

from agent.results.story.ai_use import ai_use_of
from agent.session.events import Exchanged, PersonSaid, Probed, RunDropped, Unused
from agent.session.steps import RunName, Step


def call(role: str, model: str, kind: type = Exchanged, **more: object) -> Exchanged:
    event: Exchanged = kind(number=1, role=role, model=model, tokens_sent=1000, tokens_received=100, **more)
    return event


def test_each_role_says_who_answered_and_how_often() -> None:
    """Writer, coder, adviser, reviewer, in this order, with calls and tokens."""
    events = [call("reviewer", "b"), call("writer", "a"), call("coder", "a"), call("writer", "a"), call("adviser", "b")]
    assert ai_use_of(events).lines == (
        "Writer (plan, notes and text): a, 2 calls, 2,000 tokens sent, 200 received.",
        "Coder (changes of the code, figures): a, 1 call, 1,000 tokens sent, 100 received.",
        "Adviser (advice on each run): b, 1 call, 1,000 tokens sent, 100 received.",
        "Reviewer (review of the draft): b, 1 call, 1,000 tokens sent, 100 received.",
        "No person spoke to the session while it worked.",
    )


def test_a_recording_and_a_person_are_called_what_they_are() -> None:
    """`recorded (x)` is x's answer, played; `manual` a person or a program, by files; of `recorded` alone nobody knows whose."""
    events = [
        call("writer", "manual"),
        call("coder", "recorded (manual)"),
        call("adviser", "recorded (some-model)"),
        call("adviser", "some-model"),
        call("reviewer", "recorded"),
    ]
    told = ai_use_of(events).lines
    assert "a person, or another program, that answered by files, 1 call" in told[0] and "played" not in told[0]
    assert "answered by files" in told[1] and told[1].endswith("all played from a recording of its answers.")
    assert "some-model, 2 calls" in told[2] and told[2].endswith(", 1 played from a recording of its answers.")
    assert "a model that the record does not name" in told[3]


def test_a_model_that_changed_midway_is_named_twice() -> None:
    """One line each."""
    assert [line.split(", 1 call")[0] for line in ai_use_of([call("writer", "a"), call("writer", "b")]).lines[:2]] == [
        "Writer (plan, notes and text): a",
        "Writer (plan, notes and text): b",
    ]


def test_what_brought_nothing_and_what_a_person_did_is_said() -> None:
    """Replies that were no answer, words, dropped runs; the one-token check is no answer."""
    events = [
        call("writer", "a"),
        call("writer", "a", Unused, asked=Step("plan/1"), fault="cut"),
        call("writer", "a", Probed),
        PersonSaid(text="try less", before=Step("plan")),
        RunDropped(run=RunName("run_1"), before=Step("plan")),
    ]
    told = ai_use_of(events).lines
    assert told[0].startswith("Writer (plan, notes and text): a, 1 call, ")
    assert (
        told[1].startswith("1 more reply could not be used")
        and told[2] == "A person's: 1 word to the session and 1 run dropped."
    )


def test_a_journal_without_a_call_says_so() -> None:
    """It is not silent about it."""
    assert ai_use_of([]).lines[0] == "The journal holds no call of a model."
