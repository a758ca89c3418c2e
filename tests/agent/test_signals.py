"""Ctrl-C and SIGTERM reach the one Stop of a session."""

from __future__ import annotations

import os
import signal
import time

import pytest

from agent.errors import Interrupted
from agent.session.stop import Stop
from agent.signals import Signals, heeded_at_its_edges


def wait_for(number: signal.Signals) -> None:
    """Wait for something long, and get this signal meanwhile."""
    os.kill(os.getpid(), number)
    time.sleep(5)


def test_the_first_ctrl_c_is_a_request_and_the_second_cuts_off() -> None:
    """The first lets the step end; the second is raised in the middle of what is being waited for."""
    stop = Stop()
    with Signals(stop):
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.why() == "interrupted by Ctrl-C"
        with pytest.raises(Interrupted, match="stopped by SIGINT"):
            wait_for(signal.SIGINT)


def test_a_termination_cuts_off_at_once() -> None:
    """SIGTERM does not wait for the step."""
    stop = Stop()
    with Signals(stop), pytest.raises(Interrupted, match="stopped by SIGTERM"):
        wait_for(signal.SIGTERM)


def test_signals_are_given_back_afterwards() -> None:
    """A process that went on after a session has the signal handlers that it had."""
    before = signal.getsignal(signal.SIGINT)
    with Signals(Stop()):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_a_ctrl_c_beside_a_session_is_heeded_or_changes_nothing() -> None:
    """Before the session listens it is its stop; right after it stopped it does not turn that into a crash. Undisturbed, nothing stays."""
    before, stop = signal.getsignal(signal.SIGINT), Stop()
    try:
        with heeded_at_its_edges(stop):
            os.kill(os.getpid(), signal.SIGINT)
            assert stop.why() == "interrupted by Ctrl-C"
            with Signals(stop):
                pass
            os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)
    with heeded_at_its_edges(Stop()):
        pass
    assert signal.getsignal(signal.SIGINT) is before
