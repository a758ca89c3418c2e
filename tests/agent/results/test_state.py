"""A session's state in one word."""

from __future__ import annotations

from typing import get_args

from agent.results.state import ENDS, State, StateWord
from agent.session.events import SessionEnded


def test_every_state_has_its_words_and_every_end_is_a_state() -> None:
    """Whatever a closing event says can be shown."""
    assert set(ENDS) == set(get_args(StateWord))
    assert set(get_args(SessionEnded.model_fields["state"].annotation)) < set(ENDS)
    assert State("findings", "1 finding").shown == "done, with findings"
