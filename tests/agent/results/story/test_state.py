"""A session's state in one word."""

from __future__ import annotations

from typing import get_args

from agent.results.story.state import ENDS, OVER, State, StateWord
from agent.session.events import SessionEnded


def test_every_state_has_its_words_and_every_end_is_a_state() -> None:
    """Whatever a closing event says can be shown."""
    assert set(ENDS) == set(get_args(StateWord))
    assert set(get_args(SessionEnded.model_fields["state"].annotation)) < set(ENDS)
    assert State("findings", "1 finding").shown == "done, with findings"


def test_an_end_for_good_is_an_end() -> None:
    """What is over has ended; what paused has ended for now; what runs, or stopped without a word, has not."""
    ended = {word for word in get_args(StateWord) if State(word).has_ended}
    assert OVER < ended == {"done", "findings", "no_runs", "paused", "interrupted", "failed"}
