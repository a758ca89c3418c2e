"""Each kind of event in a few words, for the page."""

from __future__ import annotations

from agent.results.english import counted
from agent.results.story.reviewed import told_objections
from agent.results.values import count, duration
from agent.session.events import (
    Advised,
    AttemptBegun,
    AttemptEnded,
    Audited,
    Called,
    CandidateChosen,
    Compiled,
    ConfirmationOpened,
    Confirmed,
    ControlMeasured,
    Edited,
    Event,
    FiguresDrawn,
    LaunchEnded,
    Noted,
    NotesRevised,
    ObjectionsAnswered,
    ParentChosen,
    PersonSaid,
    Reviewed,
    RunAbandoned,
    RunAccepted,
    RunDropped,
    RunsEnded,
    ScoringBegun,
    ScoringEnded,
    SectionWritten,
    SentBack,
    SessionEnded,
    SessionStarted,
    SignedOff,
    Unused,
)


def event_words(event: Event) -> str:
    """An event in a few words; empty for one that needs none."""
    return _of_work(event) or _of_runs(event) or _of_texts(event)


def _of_work(event: Event) -> str:
    """Calls, edits, launches."""
    match event:
        case SessionStarted():
            return f"{event.idea} on the template {event.template}"
        case Called():
            tokens = f"{count(event.tokens_sent)} tokens sent, {count(event.tokens_received)} received"
            unused = f", not used: {event.fault}" if isinstance(event, Unused) else ""
            return f"{event.role}: {tokens}, {duration(event.seconds)}{unused}"
        case Edited():
            return f"{event.outcome.replace('_', ' ')}: {', '.join(event.changed) or 'nothing changed'}"
        case AttemptBegun():
            return f"attempt {event.number} for {event.run}"
        case LaunchEnded():
            return f"attempt {event.number} for {event.run}: ended after {duration(event.seconds)}"
        case ScoringBegun():
            return f"attempt {event.number} for {event.run}: the evaluator begins"
        case ScoringEnded():
            return f"attempt {event.number} for {event.run}: scored in {duration(event.seconds)} {event.reason}".strip()
        case AttemptEnded():
            return f"{event.run}: {event.outcome.replace('_', ' ')} {event.reason}".strip()
        case SessionEnded():
            return f"{event.state} {event.reason}".strip()
        case _:
            return ""


def _of_runs(event: Event) -> str:
    """What counts, what is confirmed, and what decided how the session goes on."""
    match event:
        case RunAccepted():
            return f"{event.run} accepted: {event.title}"
        case ControlMeasured():
            return f"{event.control}: {event.title}"
        case RunAbandoned():
            return f"{event.run} given up: {event.reason}"
        case CandidateChosen():
            beside = f"; beside it {', '.join(event.beside)}, which the plan holds against it" if event.beside else ""
            return f"{event.run or 'nobody'}: {event.reason}{beside}"
        case ConfirmationOpened():
            return f"for {event.run}, seeds {', '.join(map(str, event.seeds))}: the split is read from here on"
        case Confirmed():
            return f"{event.run} on {len(event.seeds)} fresh seeds"
        case ParentChosen():
            return f"{event.run} begins from {event.parent}: {event.why}"
        case PersonSaid():
            return event.text
        case RunDropped():
            return f"{event.run} dropped: {event.why}".removesuffix(": ")
        case RunsEnded():
            return event.reason
        case _:
            return ""


def _of_texts(event: Event) -> str:
    """Notes, advice, figures, the draft."""
    match event:
        case Noted():
            return f"{event.subject}: {event.title}"
        case NotesRevised():
            return event.refused or f"after {event.after}: {', '.join(event.runs) or 'none is changed'}"
        case Advised():
            return f"on {event.run}"
        case FiguresDrawn():
            return f"{len(event.files)} files" if event.ok else f"failed: {event.reason}"
        case SectionWritten():
            return f"{event.section}: {event.phase}"
        case Reviewed():
            return event.refused or told_objections(event)
        case ObjectionsAnswered():
            changed = sum(answer.how == "changed" for answer in event.answers)
            return f"{event.section}: {len(event.answers)} answered, {changed} of them by a change"
        case Compiled():
            return f"{event.pages} pages" if event.ok else "no PDF"
        case SentBack():
            return f"to be mended: {', '.join(event.findings)}"
        case SignedOff():
            return f"by {event.name}"
        case Audited():
            return f"{event.numbers} numbers, {counted(len(event.findings), 'finding')}"
        case _:
            return ""
