"""A session's folder, asked how it stands and what it measured by whoever works in none."""

from __future__ import annotations

from pathlib import Path

from agent.results.story import results_of
from agent.results.story.readings import results_in, state_in, state_of
from agent.results.story.state import State
from agent.session.lock import SessionLock
from agent.session.reading import read_session
from tests.world.sessions import cut_journal, make_session


def test_a_folder_says_how_its_session_stands(tmp_path: Path) -> None:
    """By its last event, or by who holds it; one that stopped without a word, or never began, is unfinished."""
    session = make_session(tmp_path)
    root = session.paths.root
    assert state_of(root) == state_in(read_session(root)) == State("findings", "1 finding")
    with SessionLock(session.paths.lock):
        assert state_of(root).word == "findings"  # its end stands, whoever looks in
    cut_journal(session, 5)
    assert state_of(root) == State("unfinished")
    with SessionLock(session.paths.lock):
        assert state_of(root) == State("running")
    assert state_of(tmp_path / "nothing") == State("unfinished")


def test_results_are_those_of_the_session(tmp_path: Path) -> None:
    """The same as whoever works in it has, the idea's metrics among them."""
    session = make_session(tmp_path)
    assert results_in(read_session(session.paths.root)).results == results_of(session)
