"""What was said, and what happened when: every model call and every event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent.page.clock import clock, when
from agent.page.pieces import Tone
from agent.page.record import STATES, findings_text
from agent.page.text import count, duration
from agent.page.view import ExchangeView, Moment
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
    RunAbandoned,
    RunAccepted,
    ScoringBegun,
    ScoringEnded,
    SectionWritten,
    SessionEnded,
    SessionStarted,
    Unused,
)
from agent.session.reading import Reading

_LONGEST_MESSAGE = 200_000


def transcript(reading: Reading) -> tuple[ExchangeView, ...]:
    """Every model call with its messages, as far as their files can be read."""
    return tuple(_exchange(reading, event) for event in reading.events if isinstance(event, Called))


def _exchange(reading: Reading, event: Called) -> ExchangeView:
    kept = reading.exchange(event.number)
    name = reading.paths.exchange(event.number).relative_to(reading.paths.root)
    raw = kept.get("messages") if kept else None
    messages = [message for message in raw if isinstance(message, dict)] if isinstance(raw, list) else []
    return ExchangeView(
        number=event.number,
        role=event.role,
        step=event.asked if isinstance(event, Unused) else event.step,
        model=event.model,
        facts=" · ".join(_facts(event)),
        messages=tuple((str(message.get("role", "")), _cut(str(message.get("content", "")))) for message in messages),
        reply=_cut(str(kept.get("reply", ""))) if kept else "",
        reasoning=_cut(str(kept.get("reasoning", ""))) if kept else "",
        note="" if kept else f"{name} is missing or damaged; its text cannot be shown",
    )


def _facts(event: Called) -> list[str]:
    facts = [
        f"{count(event.tokens_sent)} tokens sent",
        f"{count(event.tokens_received)} received",
        duration(event.seconds),
    ]
    facts += [f"${event.usd:.4f}"] if event.usd else []
    facts += [f"{event.retries} retries"] if event.retries else []
    facts += [f"{count(event.reasoning_characters)} characters of reasoning"] if event.reasoning_characters else []
    facts += [f"not used: {event.fault}"] if isinstance(event, Unused) else []
    return facts + ([f"ended by {event.finish}"] if event.finish != "stop" else [])


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_MESSAGE:
        return text
    return f"{text[:_LONGEST_MESSAGE]}\n… {len(text) - _LONGEST_MESSAGE} more characters in the exchange's file"


def timeline(events: Sequence[Event]) -> tuple[Moment, ...]:
    """Every event in a line."""
    start = when(events[0].time) if events else None
    return tuple(
        Moment(
            time=clock(event.time),
            since=_since(start, when(event.time)),
            kind=event.kind.replace("_", " "),
            step=event.step,
            text=_words(event),
            tone=_tone(event),
        )
        for event in events
    )


def _since(start: datetime | None, at: datetime | None) -> str:
    return duration(max((at - start).total_seconds(), 0)) if at and start else ""


def _words(event: Event) -> str:
    """An event in a few words."""
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
        case RunAccepted():
            return f"{event.run} accepted: {event.title}"
        case ControlMeasured():
            return f"{event.control}: {event.title}"
        case CandidateChosen():
            return f"{event.run or 'nobody'}: {event.reason}"
        case ConfirmationOpened():
            return f"for {event.run}, seeds {', '.join(map(str, event.seeds))}: the split is read from here on"
        case Confirmed():
            return f"{event.run} on {len(event.seeds)} fresh seeds"
        case RunAbandoned():
            return f"{event.run} given up: {event.reason}"
        case Noted():
            return f"{event.subject}: {event.title}"
        case Advised():
            return f"on {event.run}"
        case FiguresDrawn():
            return f"{len(event.files)} files" if event.ok else f"failed: {event.reason}"
        case SectionWritten():
            return f"{event.section}: {event.phase}"
        case Compiled():
            return f"{event.pages} pages" if event.ok else "no PDF"
        case Audited():
            return f"{event.numbers} numbers, {findings_text(len(event.findings))}"
        case SessionEnded():
            return f"{event.state} {event.reason}".strip()
        case _:
            return ""


def _tone(event: Event) -> Tone:
    match event:
        case SessionEnded():
            return STATES[event.state][0]
        case Edited(outcome="applied") | AttemptEnded(outcome="ok") | RunAccepted() | ControlMeasured():
            return "good"
        case FiguresDrawn(ok=True) | Compiled(ok=True) | Audited(findings=[]):
            return "good"
        case Edited() | AttemptEnded() | RunAbandoned() | FiguresDrawn() | Compiled() | Audited():
            return "bad"
        case _:
            return "none"
