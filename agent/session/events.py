"""A session's events: what its journal records, one class a kind, one sentence under each field.

A `step` names a place in the session and is unique within its kind: `run_3/turn_1`, `draft/Method/fill`. The events
about code stand in run_events.py, those about texts in text_events.py; all of them are had from here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from agent.session.journal import BaseEvent, FirstEvent, Format, Journal
from agent.session.run_events import (
    AttemptBegun,
    AttemptEnded,
    AttemptOutcome,
    Edited,
    EditOutcome,
    FiguresDrawn,
    RunAbandoned,
    RunAccepted,
)
from agent.session.text_events import (
    Advised,
    Audited,
    CitationsFound,
    Compiled,
    Finding,
    Noted,
    Planned,
    SectionWritten,
)

FORMAT = 1

__all__ = [
    "FORMAT",
    "SESSION",
    "Advised",
    "AttemptBegun",
    "AttemptEnded",
    "AttemptOutcome",
    "Audited",
    "CitationsFound",
    "Compiled",
    "EditOutcome",
    "Edited",
    "Event",
    "Exchanged",
    "FiguresDrawn",
    "Finding",
    "Noted",
    "Planned",
    "RunAbandoned",
    "RunAccepted",
    "SectionWritten",
    "SessionEnded",
    "SessionJournal",
    "SessionResumed",
    "SessionStarted",
]


class SessionStarted(FirstEvent):
    """The first line of every journal."""

    kind: Literal["session_started"] = "session_started"
    format: int = FORMAT
    """Version of the journal's format."""
    idea: str = ""
    """The idea's Name."""
    template: str = ""
    """The template's name."""
    scale: str = ""
    """Which of its scales; empty where it has none."""
    labloop: str = ""
    """Version of labloop that began the session."""


class SessionResumed(BaseEvent):
    """The same session was taken up again."""

    kind: Literal["session_resumed"] = "session_resumed"
    pid: int = 0
    """Process that took it up."""


class Exchanged(BaseEvent):
    """One model call that was answered; the text lies in exchanges/NNNN.json."""

    kind: Literal["exchange"] = "exchange"
    number: int
    """Names the file in exchanges/."""
    role: str
    """coder, writer or adviser."""
    model: str
    """Who answered."""
    tokens_sent: int
    """As the provider reported, else counted by our own meter."""
    tokens_received: int
    """Likewise."""
    usd: float = 0.0
    """Price of the call, 0 where it is not known."""
    seconds: float = 0.0
    """From request to reply."""
    finish: str = "stop"
    """Why the reply ended: stop, length, filter."""
    retries: int = 0
    """Further tries that the provider needed."""


class SessionEnded(BaseEvent):
    """The orchestrator stopped."""

    kind: Literal["session_ended"] = "session_ended"
    state: Literal["done", "findings", "paused", "interrupted", "failed"]
    """How."""
    reason: str = ""
    """One line for people."""
    exit_code: int = 0
    """The command's exit status."""


Event = Annotated[
    SessionStarted
    | SessionResumed
    | Exchanged
    | Edited
    | AttemptBegun
    | AttemptEnded
    | RunAccepted
    | RunAbandoned
    | Planned
    | Noted
    | Advised
    | FiguresDrawn
    | SectionWritten
    | CitationsFound
    | Compiled
    | Audited
    | SessionEnded,
    Field(discriminator="kind"),
]
SESSION: Format[Event] = Format(TypeAdapter(Event), SessionStarted, FORMAT)
"""What stands in a session's journal."""
SessionJournal = Journal[Event]
