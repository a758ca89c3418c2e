"""One object says whether the work must stop; everyone asks it."""

from __future__ import annotations

import pytest

from agent.errors import Interrupted
from agent.session.stop import Stop


def test_nothing_stops_before_it_is_asked_to() -> None:
    """Without a request there is no reason, and `check` lets pass."""
    stop = Stop()
    stop.check()
    assert stop.why() is None


def test_a_request_is_raised_wherever_it_is_checked() -> None:
    """The reason is told by `why` and carried by the exception."""
    stop = Stop()
    stop.request("the budget of the campaign is used up")
    assert stop.why() == "the budget of the campaign is used up"
    with pytest.raises(Interrupted, match="campaign"):
        stop.check()
