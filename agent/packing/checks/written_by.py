"""What an older labloop did not record is let pass in its sessions alone: one process is of one version."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from agent.packing.gather import SESSION
from agent.packing.opened import Opened
from agent.session.events import (
    AttemptEnded,
    Called,
    Compiled,
    Event,
    Exchanged,
    Finding,
    HypothesesJudged,
    LaunchEnded,
    Noted,
    ScoringEnded,
    SessionEnded,
    SessionResumed,
    Unused,
)

_LAUNCHED = ("ok", "crashed", "timed_out", "killed")
"""Outcomes of a launch whose end is recorded before it is judged."""
_END = b"\n"
_HASHED_SINCE = 4
"""Version of the tool's words from which on what was asked, launched and scored is hashed."""


def one_version(opened: Opened) -> Iterator[Finding]:
    """From one beginning or resumption to the next, no event lacks a hash that another of its kind has, and the tool's words are
    of one version.
    """
    journal = opened.session.journal
    ended = {event.number for event in journal.all(LaunchEnded)}
    for events in _stretches(journal.events):
        told = [(event, lack) for event in events if (lack := _lacks(event, ended)) is not None]
        worded = [event for event in events if _is_worded(event)]
        hashed = any(not lack for _, lack in told) or any(event.words >= _HASHED_SINCE for event in worded)
        if hashed:
            for event, lack in told:
                if lack:
                    why = "what was written beside it is of a version that records it"
                    yield Finding(where=f"journal.jsonl, {event.step or event.kind}", what=lack, why=why)
        for event in worded:
            if event.words != worded[-1].words:
                why = f"what was written beside it is in those of version {worded[-1].words}"
                what = f"the tool's words are of version {event.words}"
                yield Finding(where=f"journal.jsonl, {event.step or event.kind}", what=what, why=why)


def _is_worded(event: Event) -> TypeGuard[Noted | Compiled | HypothesesJudged]:
    return isinstance(event, Compiled | HypothesesJudged) or (isinstance(event, Noted) and not event.unanswered)


def told_of(opened: Opened) -> tuple[str, ...]:
    """What is to be said of a session whose version recorded no hashes."""
    calls = [event for event in opened.session.journal.events if isinstance(event, Exchanged)]
    if not calls or any(event.messages_sha256 for event in calls):
        return ()
    return (
        "its journal is of a version that kept no hashes of calls: what was asked is not held against it, only what was answered",
    )


def numbered(opened: Opened) -> Iterator[Finding]:
    """Each line carries its place, and calls are numbered from 1 without a gap: no line was taken out."""
    events = opened.session.journal.events
    journal = opened.members.get(f"{SESSION}/journal.jsonl", b"")
    lines = journal.splitlines()
    if len(lines) != len(events) or not journal.endswith(_END):
        what = f"it has {len(lines)} lines, and what stands behind the last whole one is {len(journal.rpartition(_END)[2])} bytes"
        yield Finding(where="journal.jsonl", what=what, why=f"it holds {len(events)} events, a line each")
    else:
        other = next((place for place, line in enumerate(lines, 1) if json.loads(line).get("seq") != place - 1), 0)
        if other:
            yield Finding(where="journal.jsonl", what=f"line {other} does not carry its place", why="every line does")
    numbers = sorted({event.number for event in events if isinstance(event, Called)})
    gap = next(
        (wanted for wanted, number in enumerate(numbers, numbers[0] if numbers else 1) if number != wanted), None
    )
    if gap is not None:
        yield Finding(where="journal.jsonl", what=f"call {gap} is not told", why="calls are numbered without a gap")


def known_fields(opened: Opened) -> Iterator[Finding]:
    """No line of the journal tells what no event has: a reader of the file would see it, and no check."""
    lines = opened.members.get(f"{SESSION}/journal.jsonl", b"").splitlines()
    for event, line in zip(opened.session.journal.events, lines, strict=False):
        for name in _beyond(json.loads(line), event.model_dump(mode="json")):
            why = "no event of this labloop has it; a newer one may (update labloop)"
            yield Finding(where=f"journal.jsonl, {event.step or event.kind}", what=f"the field {name[:80]}", why=why)


def _beyond(told: Any, known: Any) -> Iterator[str]:
    """The names in `told` that `known` does not have, at any depth."""
    if isinstance(told, Mapping) and isinstance(known, Mapping):
        for name, value in told.items():
            if name not in known:
                yield str(name)
            else:
                yield from _beyond(value, known[name])
    elif isinstance(told, list) and isinstance(known, list):
        for one, other in zip(told, known, strict=False):
            yield from _beyond(one, other)


def _stretches(events: list[Event]) -> Iterator[list[Event]]:
    """The events of one process after the other; what comes after the session's end may be of another version again."""
    stretch: list[Event] = []
    for event in events:
        if isinstance(event, SessionResumed) and stretch:
            yield stretch
            stretch = []
        stretch.append(event)
        if isinstance(event, SessionEnded):
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _lacks(event: Event, ended: set[int]) -> str | None:
    """What an event lacks of what this version records; empty where nothing, None where it tells nothing of its version."""
    match event:
        case Exchanged() | Unused():
            return "" if event.messages_sha256 else "no hash of what was asked and answered"
        case LaunchEnded():
            return "" if event.left_sha256 else "no hash of what the launch left"
        case ScoringEnded() if event.outcome == "ok":
            return "" if event.scores_sha256 else "no hash of what the evaluator left"
        case AttemptEnded() if event.number is not None and event.outcome in _LAUNCHED:
            return "" if event.number in ended else f"no end of launch {event.number}"
    return None
