"""What was said, and what happened when: every model call and every event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent.page.clock import clock, when
from agent.page.pieces import Tone
from agent.page.record import STATES
from agent.page.view import ExchangeView, Moment
from agent.results.event_words import event_words
from agent.results.values import count, dollars, duration
from agent.session.events import (
    AttemptEnded,
    Audited,
    Called,
    Compiled,
    ControlMeasured,
    Edited,
    Event,
    FiguresDrawn,
    RunAbandoned,
    RunAccepted,
    SessionEnded,
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
    facts += [dollars(event.usd)] if event.usd else []
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
            text=event_words(event),
            tone=_tone(event),
        )
        for event in events
    )


def _since(start: datetime | None, at: datetime | None) -> str:
    return duration(max((at - start).total_seconds(), 0)) if at and start else ""


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
