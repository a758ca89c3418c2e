"""Times of events, and where a session's time went."""

from __future__ import annotations

import pytest

from agent.page.clock import clock, parts_of_time, when, worked
from agent.session.events import AttemptEnded, Event, Exchanged, Planned, SessionResumed
from agent.session.steps import BASELINE


def at(minute: int) -> str:
    return f"2026-11-20T10:{minute:02}:00.000+00:00"


def test_a_pause_before_a_session_is_taken_up_again_is_no_work() -> None:
    """Ten minutes of work, half an hour of nothing, five minutes of work: fifteen minutes."""
    events: list[Event] = [
        Planned(text="", time=at(0)),
        Planned(text="", time=at(10)),
        SessionResumed(time=at(40)),
        Planned(text="", time=at(45)),
    ]
    assert sum(worked(events)) == 15 * 60


@pytest.mark.parametrize("time", ["", "yesterday", "2026-11-20T10:00:00"])
def test_a_time_that_is_none_counts_nothing(time: str) -> None:
    """A text that is no time, or has no zone, is shown as it is."""
    assert when(time) is None
    assert clock(time) == time
    assert sum(worked([Planned(text="", time=at(0)), Planned(text="", time=time), Planned(text="", time=at(9))])) == 0


def test_a_clock_that_went_back_took_nothing_away() -> None:
    """An event before the one before it is no negative work."""
    assert (
        sum(worked([Planned(text="", time=at(9)), Planned(text="", time=at(3)), Planned(text="", time=at(5))])) == 120
    )


def test_what_is_not_measured_is_everything_else() -> None:
    """Experiments, evaluator and models as they were measured; the rest of the clock beside them, never below none."""
    attempt = AttemptEnded(number=1, run=BASELINE, outcome="ok", seconds=100, score_seconds=20, time=at(0))
    call = Exchanged(number=1, role="coder", model="", tokens_sent=1, tokens_received=1, seconds=30, time=at(5))
    parts = parts_of_time([attempt, call])
    assert parts == {"experiments": 100, "evaluator": 20, "models": 30, "everything else": 150}
    assert parts_of_time([attempt])["everything else"] == 0
    assert sum(parts_of_time([]).values()) == 0
