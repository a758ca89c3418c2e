"""The journal's events: what a session records, one class a kind, one sentence under each field.

A `step` names a place in the session and is unique within its kind: `run_3/turn_1`, `draft/Method/fill`. Each module
here holds the events of one subject; whoever needs one imports it from this folder.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from agent.session.events.audit import SentBack
from agent.session.events.call import Called, Exchanged, Probed, Unused
from agent.session.events.confirm import CandidateChosen, ConfirmationOpened, Confirmed
from agent.session.events.hypothesis import HypothesesJudged, Registered
from agent.session.events.job import JobIntended, JobOutcome, JobSubmitted
from agent.session.events.launch import (
    AttemptBegun,
    AttemptEnded,
    AttemptOutcome,
    LaunchEnded,
    ScoringBegun,
    ScoringEnded,
)
from agent.session.events.note import NotesRevised
from agent.session.events.parent import ParentChosen
from agent.session.events.review import ObjectionsAnswered, Reviewed
from agent.session.events.run import ControlMeasured, Edited, EditOutcome, RunAbandoned, RunAccepted
from agent.session.events.session import FORMAT, SessionEnded, SessionResumed, SessionStarted
from agent.session.events.sign import SignedOff
from agent.session.events.steering import PersonSaid, RunDropped, RunsEnded
from agent.session.events.text import (
    Advised,
    Audited,
    CitationsFound,
    Compiled,
    FiguresDrawn,
    Finding,
    Noted,
    Planned,
    SectionWritten,
)
from agent.session.journal import BaseEvent, Format, Journal

__all__ = [
    "FORMAT",
    "SESSION",
    "Advised",
    "AttemptBegun",
    "AttemptEnded",
    "AttemptOutcome",
    "Audited",
    "BaseEvent",
    "Called",
    "CandidateChosen",
    "CitationsFound",
    "Compiled",
    "ConfirmationOpened",
    "Confirmed",
    "ControlMeasured",
    "EditOutcome",
    "Edited",
    "Event",
    "Exchanged",
    "FiguresDrawn",
    "Finding",
    "HypothesesJudged",
    "LaunchEnded",
    "Noted",
    "NotesRevised",
    "ObjectionsAnswered",
    "ParentChosen",
    "PersonSaid",
    "Planned",
    "Probed",
    "Registered",
    "Reviewed",
    "RunAbandoned",
    "RunAccepted",
    "RunDropped",
    "RunsEnded",
    "ScoringBegun",
    "ScoringEnded",
    "SectionWritten",
    "SentBack",
    "SessionEnded",
    "SessionJournal",
    "SessionResumed",
    "SessionStarted",
    "SignedOff",
    "Unused",
]

Event = Annotated[
    SessionStarted
    | SessionResumed
    | Exchanged
    | Probed
    | Unused
    | Edited
    | AttemptBegun
    | JobIntended
    | JobSubmitted
    | JobOutcome
    | LaunchEnded
    | ScoringBegun
    | ScoringEnded
    | AttemptEnded
    | ParentChosen
    | PersonSaid
    | RunDropped
    | RunsEnded
    | RunAccepted
    | ControlMeasured
    | RunAbandoned
    | CandidateChosen
    | ConfirmationOpened
    | Confirmed
    | Planned
    | Registered
    | HypothesesJudged
    | Noted
    | NotesRevised
    | Advised
    | FiguresDrawn
    | SectionWritten
    | CitationsFound
    | Reviewed
    | ObjectionsAnswered
    | Compiled
    | SentBack
    | Audited
    | SignedOff
    | SessionEnded,
    Field(discriminator="kind"),
]
SESSION: Format[Event] = Format(TypeAdapter(Event), SessionStarted, FORMAT)
"""What stands in a session's journal."""
SessionJournal = Journal[Event]
