"""Waits between tries: counted, told, limited, and ended at once by a stop."""

from __future__ import annotations

import threading
import time

import pytest

from agent.errors import Interrupted
from agent.models.faults import Fault
from agent.models.faults.patience import Patience
from agent.session.stop import Stop

pytestmark = pytest.mark.whole


def test_a_passing_fault_has_four_tries() -> None:
    """Three waits, each four times the one before; then it says how often it was asked."""
    patience, fault = Patience(Stop(), 0.001, 60), Fault("passing", "x")
    assert [patience.wait("m", fault) for _ in range(4)] == ["", "", "", "asked 4 times"]


def test_a_wait_that_was_told_is_kept_and_counts_apart() -> None:
    """No shorter than the provider asks, and no try of the four; what is waited for is said, and its end too."""
    said: list[str] = []
    patience = Patience(Stop(), 0.001, 60, said.append)
    began = time.monotonic()
    for _ in range(6):
        assert patience.wait("m", Fault("rate", "x", wait_s=0.05)) == ""
    assert time.monotonic() - began >= 0.3 and patience.wait("m", Fault("passing", "x")) == ""
    assert said[0] == "waiting 0.05 s for m as the provider asks" and said[1] == ""


def test_a_wait_beyond_the_limit_is_not_begun() -> None:
    """What is asked for and what may be waited are told with the setting's name."""
    why = Patience(Stop(), 1, 600).wait("m", Fault("rate", "x", wait_s=10_800))
    assert why == "it asks to wait 3.0 h, 0 s were waited, max_wait_minutes is 10"


@pytest.mark.parametrize("kind", ["quota", "auth", "forbidden", "missing", "large", "request", "filtered", "setup"])
def test_what_asking_again_does_not_help_is_not_waited_for(kind: str) -> None:
    """Also where a time is named."""
    assert Patience(Stop(), 1, 600).wait("m", Fault(kind, "x", wait_s=1)) == "asking again would not help"


def test_a_stop_ends_a_wait_at_once() -> None:
    """A session that is asked to stop does not sit out ten minutes."""
    stop = Stop()
    threading.Timer(0.1, stop.request, ["SIGTERM"]).start()
    began = time.monotonic()
    with pytest.raises(Interrupted):
        Patience(stop, 1, 600).wait("m", Fault("rate", "x", wait_s=300))
    assert time.monotonic() - began < 100
