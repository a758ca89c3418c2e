"""What a session did, in ten counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.session.events import AttemptEnded, Edited, Event, Exchanged, FiguresDrawn, RunAccepted


@dataclass(frozen=True)
class Summary:
    """Counts over a session's journal. A step that a resumed session did not repeat is counted once."""

    messages: int
    """Model calls that were answered, of every role."""
    tokens_sent: int
    """Tokens of all requests, as the provider reported them, else counted by our meter."""
    tokens_received: int
    """Tokens of all replies, likewise."""
    usd: float
    """Price of all calls in US dollars; calls whose price is not known count 0."""
    runs_completed: int
    """Accepted runs, without the baseline (run_0)."""
    runs_failed: int
    """Launches for a run, without the baseline's, that gave no accepted result: crashed, timed out, not proven, bad
    results, environment, killed. What was not launched at all (no edit, code already known to fail) is not counted."""
    plots_failed: int
    """Times that plot.py failed, or left out a figure."""
    edits_applied: int
    """Turns of the coder that changed an editable file."""
    edits_unmatched: int
    """Turns in which at least one edit did not find its place in the file, also where it was put right within the turn."""
    provider_retries: int
    """Further tries that providers needed for calls that were answered in the end."""


def summarise(events: Iterable[Event]) -> Summary:
    """The counts of a journal's events."""
    events = list(events)
    exchanges = [event for event in events if isinstance(event, Exchanged)]
    edits = [event for event in events if isinstance(event, Edited)]
    return Summary(
        messages=len(exchanges),
        tokens_sent=sum(exchange.tokens_sent for exchange in exchanges),
        tokens_received=sum(exchange.tokens_received for exchange in exchanges),
        usd=round(sum(exchange.usd for exchange in exchanges), 6),
        runs_completed=sum(isinstance(event, RunAccepted) and event.run != "run_0" for event in events),
        runs_failed=sum(isinstance(event, AttemptEnded) and _failed(event) for event in events),
        plots_failed=sum(isinstance(event, FiguresDrawn) and not event.ok for event in events),
        edits_applied=sum(bool(edit.changed) for edit in edits),
        edits_unmatched=sum(edit.outcome == "unmatched" or edit.unmatched > 0 for edit in edits),
        provider_retries=sum(exchange.retries for exchange in exchanges),
    )


def _failed(event: AttemptEnded) -> bool:
    return event.number is not None and not event.run.startswith("run_0") and event.outcome != "ok"
