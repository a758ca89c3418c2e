"""Times of the record: events follow each other, and a launch took as long where it was judged as where it ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from agent.experiment.launch_end import finished_of
from agent.packing.opened import Opened
from agent.sandbox.supervise import report_of
from agent.session.events import AttemptEnded, Event, Finding, LaunchEnded, SessionResumed

_JOURNAL = "journal.jsonl"
_SET_BACK = timedelta(hours=1)
"""How far a machine's clock may be set back while a session works."""
_SAME = ("seconds", "exit_code", "cost")
_REPORTED = ("exit_code", "timed_out", "seconds", "out_of_memory", "too_many_processes")
_COSTS = ("wall_s", "cpu_s", "gpu_s", "peak_gb", "beside_cores")


def times(opened: Opened) -> Iterator[Finding]:
    """Each event has a time, and none is earlier than the one before it, but where the session went on elsewhere."""
    last: datetime | None = None
    for event in opened.session.journal.events:
        where = f"{_JOURNAL}, {_named(event)}"
        try:
            time = datetime.fromisoformat(event.time.replace("Z", "+00:00"))
            earlier = last is not None and time < last - _SET_BACK and not isinstance(event, SessionResumed)
        except (ValueError, TypeError):
            yield Finding(where=where, what=f"its time is {event.time[:60]!r}", why="that is no time")
            continue
        if earlier and last is not None:
            why = f"what stands before it is of {last.isoformat(timespec='seconds')}"
            yield Finding(where=where, what=f"its time is {event.time[:60]}", why=why)
        last = time


def _named(event: Event) -> str:
    return str(event.step) or f"{event.kind} (line {event.seq + 1})"


def ends(opened: Opened) -> Iterator[Finding]:
    """What came of a launch is what its end was: seconds, cost, exit code; one that ended ill did not count."""
    ended: dict[int, LaunchEnded] = {}
    for event in opened.session.journal.events:
        if isinstance(event, LaunchEnded):
            ended[event.number] = event
        elif isinstance(event, AttemptEnded) and event.number in ended:
            yield from _other_end(event, ended[event.number])


def _other_end(judged: AttemptEnded, end: LaunchEnded) -> Iterator[Finding]:
    where = f"{_JOURNAL}, {judged.step}"
    for name in _SAME:
        mine, other = getattr(judged, name), getattr(end, name)
        if mine != other:
            yield Finding(where=where, what=f"{name} of launch {end.number}: {mine}", why=f"it ended with {other}")
    if judged.run != end.run:
        yield Finding(where=where, what=f"launch {end.number} is judged", why=f"it was for {end.run}")
    ill = _how_ill(end)
    if judged.outcome == "ok" and ill:
        yield Finding(where=where, what="the launch is said to be good", why=f"it ended {ill}")
    if judged.outcome in ("crashed", "timed_out", "killed") and not ill:
        yield Finding(where=where, what=f"the launch is said to be {judged.outcome}", why="it ended well")
    if judged.outcome == "crashed" and (end.exit_code is None or end.exit_code < 0):
        yield Finding(where=where, what="the launch is said to be crashed", why="it was killed")
    if judged.outcome == "killed" and end.exit_code is not None and end.exit_code > 0 and not _is_limited(end):
        yield Finding(where=where, what="the launch is said to be killed", why=f"it ended {ill}")
    if (judged.outcome == "timed_out") != end.timed_out:
        why = "its time limit ended it" if end.timed_out else "its time limit did not end it"
        yield Finding(where=where, what=f"the launch is said to be {judged.outcome}", why=why)


def reports(opened: Opened) -> Iterator[Finding]:
    """How a launch ended, and what it cost, is what its supervisor left word of; one that left none says nothing."""
    session = opened.session
    for number, end in {event.number: event for event in session.journal.all(LaunchEnded)}.items():
        report = session.paths.attempt(number).report
        where, told = str(report.relative_to(session.paths.root)), finished_of(end)
        if (left := report_of(report)) is None:
            if report.is_file() and end.exit_code is not None:
                yield Finding(where=where, what="it cannot be read", why=f"the launch ended with {end.exit_code}")
            continue
        pairs = [(name, getattr(left, name), getattr(told, name)) for name in _REPORTED]
        if left.cost and told.cost:
            pairs += [(name, getattr(left.cost, name), getattr(told.cost, name)) for name in _COSTS]
        for name, mine, other in pairs:
            if mine != other:
                yield Finding(where=where, what=f"{name} is {mine}", why=f"the journal says {other}")


def _how_ill(end: LaunchEnded) -> str:
    """How a launch ended that did not end well; empty where it did."""
    if end.timed_out:
        return "at its time limit"
    if _is_limited(end):
        return "at a limit of memory or processes"
    return f"with exit code {end.exit_code}" if end.exit_code != 0 else ""


def _is_limited(end: LaunchEnded) -> bool:
    return end.out_of_memory or end.too_many_processes
