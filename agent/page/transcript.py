"""What was said, and what happened when: every model call and every event."""

from __future__ import annotations

from agent.page.clock import clock, when
from agent.page.record import STATES, findings_text
from agent.page.text import count, duration
from agent.page.view import ExchangeView, Moment, Tone
from agent.session.events import (
    Advised,
    AttemptBegun,
    AttemptEnded,
    Audited,
    CitationsFound,
    Compiled,
    Edited,
    Event,
    Exchanged,
    FiguresDrawn,
    Noted,
    Planned,
    RunAbandoned,
    RunAccepted,
    SectionWritten,
    SessionEnded,
    SessionResumed,
    SessionStarted,
)
from agent.session.reading import Reading

_LONGEST_MESSAGE = 200_000


def transcript(reading: Reading) -> tuple[ExchangeView, ...]:
    """Every model call with its messages, as far as their files can be read."""
    return tuple(_exchange(reading, event) for event in reading.all(Exchanged))


def _exchange(reading: Reading, event: Exchanged) -> ExchangeView:
    kept = reading.exchange(event.number)
    facts = [
        f"{count(event.tokens_sent)} tokens sent",
        f"{count(event.tokens_received)} received",
        duration(event.seconds),
    ]
    facts += [f"${event.usd:.4f}"] if event.usd else []
    facts += [f"{event.retries} retries"] if event.retries else []
    facts += [f"ended by {event.finish}"] if event.finish != "stop" else []
    note = "" if kept else f"exchanges/{event.number:04d}.json is missing or damaged; its text cannot be shown"
    raw = kept.get("messages") if kept else None
    messages = [message for message in raw if isinstance(message, dict)] if isinstance(raw, list) else []
    return ExchangeView(
        event.number,
        event.role,
        event.step,
        event.model,
        " · ".join(facts),
        tuple((str(message.get("role", "")), _cut(str(message.get("content", "")))) for message in messages),
        _cut(str(kept.get("reply", ""))) if kept else "",
        note,
    )


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_MESSAGE:
        return text
    return f"{text[:_LONGEST_MESSAGE]}\n… {len(text) - _LONGEST_MESSAGE} more characters in the exchange's file"


def timeline(reading: Reading) -> tuple[Moment, ...]:
    """Every event in a line."""
    start = when(reading.events[0].time) if reading.events else None
    moments = []
    for event in reading.events:
        at = when(event.time)
        since = duration(max((at - start).total_seconds(), 0)) if at and start else ""
        text, tone = _told(event)
        moments.append(Moment(clock(event.time), since, event.kind.replace("_", " "), event.step, text, tone))
    return tuple(moments)


def _told(event: Event) -> tuple[str, Tone]:
    """An event in a few words."""
    match event:
        case SessionStarted():
            return f"{event.idea} on the template {event.template}", "none"
        case Exchanged():
            return (
                f"{event.role}: {count(event.tokens_sent)} tokens sent, {count(event.tokens_received)} received, {duration(event.seconds)}",
                "none",
            )
        case Edited():
            return (
                f"{event.outcome.replace('_', ' ')}: {', '.join(event.changed) or 'nothing changed'}",
                "good" if event.outcome == "applied" else "bad",
            )
        case AttemptBegun():
            return f"attempt {event.number} for {event.run}", "none"
        case AttemptEnded():
            return (
                f"{event.run}: {event.outcome.replace('_', ' ')} {event.reason}".strip(),
                "good" if event.outcome == "ok" else "bad",
            )
        case RunAccepted():
            return f"{event.run} accepted: {event.title}", "good"
        case RunAbandoned():
            return f"{event.run} given up: {event.reason}", "bad"
        case Noted():
            return f"{event.subject}: {event.title}", "none"
        case Advised():
            return f"on {event.run}", "none"
        case FiguresDrawn():
            return (
                f"{len(event.files)} files" if event.ok else f"failed: {event.reason}",
                "good" if event.ok else "bad",
            )
        case SectionWritten():
            return f"{event.section}: {event.phase}", "none"
        case Compiled():
            return f"{event.pages} pages" if event.ok else "no PDF", "good" if event.ok else "bad"
        case Audited():
            return (
                f"{event.numbers} numbers, {findings_text(len(event.findings))}",
                "bad" if event.findings else "good",
            )
        case SessionEnded():
            return f"{event.state} {event.reason}".strip(), STATES[event.state][1]
        case Planned() | CitationsFound() | SessionResumed():
            return "", "none"
