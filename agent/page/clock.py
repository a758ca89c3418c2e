"""Times of a journal's events, and where a session's time went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from agent.session.events import AttemptEnded, Called, Event, SessionResumed


def worked(events: Sequence[Event]) -> Iterator[float]:
    """Seconds between neighbouring events, without the pauses before a session was taken up again."""
    for before, after in pairwise(events):
        first, second = when(before.time), when(after.time)
        if first and second and not isinstance(after, SessionResumed):
            yield max((second - first).total_seconds(), 0.0)


def when(time: str) -> datetime | None:
    """The moment, or None where the text is no time with its zone."""
    try:
        at = datetime.fromisoformat(time.replace("Z", "+00:00"))
    except ValueError:
        return None
    return at if at.tzinfo else None


def clock(time: str) -> str:
    """For people."""
    at = when(time)
    return at.strftime("%Y-%m-%d %H:%M:%S UTC") if at else time


def parts_of_time(events: Sequence[Event]) -> dict[str, float]:
    """Where a session's time went, in seconds; what was measured of the parts may be more than the clock says."""
    attempts = [event for event in events if isinstance(event, AttemptEnded)]
    parts = {
        "experiments": sum(attempt.seconds for attempt in attempts),
        "evaluator": sum(attempt.score_seconds for attempt in attempts),
        "models": sum(event.seconds for event in events if isinstance(event, Called)),
    }
    known = sum(parts.values())
    return parts | {"everything else": max(sum(worked(events)), known) - known}
