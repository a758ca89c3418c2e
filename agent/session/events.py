"""The journal's events: what a session records, one class a kind, one sentence under each field.

A `step` names a place in the session and is unique within its kind: `run_3/turn_1`, `draft/Method/fill`. The session
itself stands in session_events.py, its runs in run_events.py, what it wrote (plan, notes, sections, audit) in
text_events.py, what models were asked in call_events.py, what was launched in launch_events.py, the review in
review_events.py, what the audit gave back in audit_events.py, what was confirmed in confirm_events.py, what was registered beforehand in hypothesis_events.py; they
are imported from here like the rest.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from agent.session.audit_events import SentBack
from agent.session.call_events import Called, Exchanged, Probed, Unused
from agent.session.confirm_events import CandidateChosen, ConfirmationOpened, Confirmed
from agent.session.hypothesis_events import HypothesesJudged, Registered
from agent.session.job_events import JobIntended, JobOutcome, JobSubmitted
from agent.session.journal import BaseEvent, Format, Journal
from agent.session.launch_events import (
    AttemptBegun,
    AttemptEnded,
    AttemptOutcome,
    LaunchEnded,
    ScoringBegun,
    ScoringEnded,
)
from agent.session.note_events import NotesRevised
from agent.session.parent_events import ParentChosen
from agent.session.review_events import ObjectionsAnswered, Reviewed
from agent.session.run_events import ControlMeasured, Edited, EditOutcome, RunAbandoned, RunAccepted
from agent.session.session_events import FORMAT, SessionEnded, SessionResumed, SessionStarted
from agent.session.sign_events import SignedOff
from agent.session.steering_events import PersonSaid, RunDropped, RunsEnded
from agent.session.text_events import (
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
