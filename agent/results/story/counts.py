"""What a session's journal adds up to: what was spent, and ten counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent.session.events import AttemptEnded, Called, Edited, Event, FiguresDrawn, RunAccepted
from agent.session.steps import BASELINE


@dataclass(frozen=True)
class Spent:
    """What the model calls of a session cost together."""

    calls: int = 0
    """Calls that brought a reply, of every role, used or not."""
    sent: int = 0
    """Tokens of all requests, as the provider reported them, else counted by our meter."""
    received: int = 0
    """Tokens of all replies, likewise."""
    usd: float = 0.0
    """Price of all calls; calls whose price is not known count 0."""
    retries: int = 0
    """Further tries that providers needed for calls that were answered in the end."""

    @property
    def tokens(self) -> int:
        """Sent and received: what `budget_tokens` limits."""
        return self.sent + self.received

    def with_call(self, sent: int, received: int, usd: float) -> Spent:
        """The same with one more call."""
        return replace(
            self, calls=self.calls + 1, sent=self.sent + sent, received=self.received + received, usd=self.usd + usd
        )


@dataclass(frozen=True)
class Counts:
    """Counts over a session's journal. A step that a resumed session did not repeat is counted once."""

    messages: int
    """Model calls that brought a reply, of every role, used or not."""
    tokens_sent: int
    """Tokens of all requests, as the provider reported them, else counted by our meter."""
    tokens_received: int
    """Tokens of all replies, likewise."""
    usd: float
    """Price of all calls in US dollars; calls whose price is not known count 0."""
    runs_completed: int
    """Accepted runs, without the baseline (run_0)."""
    runs_failed: int
    """Launches for a run, without the baseline's and those on fresh seeds, that gave no accepted result: crashed, timed out, not proven, bad
    results, environment, killed. What was not launched at all (no edit, code already known to fail) is not counted."""
    plots_failed: int
    """Times that plot.py failed, or left out a figure."""
    edits_applied: int
    """Turns of the coder that changed an editable file."""
    edits_unmatched: int
    """Turns in which at least one edit did not find its place in the file, also where it was put right within the turn."""
    provider_retries: int
    """Further tries that providers needed for calls that were answered in the end."""


def spent_of(events: Iterable[Event]) -> Spent:
    """What all calls that brought a reply cost together."""
    calls = [event for event in events if isinstance(event, Called)]
    return Spent(
        calls=len(calls),
        sent=sum(call.tokens_sent for call in calls),
        received=sum(call.tokens_received for call in calls),
        usd=sum(call.usd for call in calls),
        retries=sum(call.retries for call in calls),
    )


def counts_of(events: Iterable[Event]) -> Counts:
    """The ten counts of a journal's events."""
    events = list(events)
    spent = spent_of(events)
    edits = [event for event in events if isinstance(event, Edited)]
    return Counts(
        messages=spent.calls,
        tokens_sent=spent.sent,
        tokens_received=spent.received,
        usd=round(spent.usd, 6),
        runs_completed=sum(isinstance(event, RunAccepted) and event.run != BASELINE for event in events),
        runs_failed=sum(isinstance(event, AttemptEnded) and _failed(event) for event in events),
        plots_failed=sum(isinstance(event, FiguresDrawn) and not event.ok for event in events),
        edits_applied=sum(bool(edit.changed) for edit in edits),
        edits_unmatched=sum(edit.outcome == "unmatched" or edit.unmatched > 0 for edit in edits),
        provider_retries=spent.retries,
    )


def is_of_baseline(event: AttemptEnded) -> bool:
    """Whether an attempt is one of the baseline's own: `run_0/seed_1`."""
    return event.run.run == BASELINE


def _failed(event: AttemptEnded) -> bool:
    return (
        event.number is not None and event.outcome != "ok" and not (is_of_baseline(event) or event.run.is_confirmation)
    )
