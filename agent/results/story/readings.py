"""What a session's folder says happened, as far as it can be read: for whoever looks at sessions and works in none."""

from __future__ import annotations

from pathlib import Path

from agent.errors import LabloopError
from agent.results.collect import Readable
from agent.results.story import Story
from agent.results.story.state import State
from agent.session.reading import Reading, read_session


def results_in(reading: Reading) -> Readable:
    """What its runs measured; what cannot be read is told, and the rest stands."""
    leading = reading.idea.leading if reading.idea else ()
    return Story(reading.events).readable_results(reading.metrics, reading.primary, leading)


def state_in(reading: Reading) -> State:
    """How the session stands."""
    return Story(reading.events).state(reading.holder is not None)


def state_of(root: Path) -> State:
    """How the session in this folder stands; `unfinished` where none began."""
    try:
        return state_in(read_session(root))
    except LabloopError:
        return State("unfinished")
