"""The last lines of a session name what can be done now."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.commands.ended import told_of
from agent.session.events import SessionEnded
from tests.world.stage import make_session


@pytest.mark.parametrize(
    ("ended", "says", "never"),
    [
        (SessionEnded(state="findings", exit_code=5), ("audit.py", "sign.py", "asks no writer again"), "resume   "),
        (SessionEnded(state="paused", exit_code=4), ("resume   python agent/run_idea.py --resume",), "sign.py"),
        (SessionEnded(state="done"), ("state    done",), "sign.py"),
    ],
)
def test_the_end_says_what_helps(ended: SessionEnded, says: tuple[str, ...], never: str, tmp_path: Path) -> None:
    """After findings a resumption does not, which is said with what does; after a pause it does."""
    told = told_of(make_session(tmp_path), ended)
    assert told.exit_code == ended.exit_code and never not in told.text
    assert all(each in told.text for each in says)


def test_a_page_is_named_where_there_is_one(tmp_path: Path) -> None:
    """On a full disk it may not have been written."""
    session = make_session(tmp_path)
    assert "page     none" in told_of(session, SessionEnded(state="paused", exit_code=4)).text
    session.paths.page.write_text("<html>")
    assert f"page     {session.paths.page}" in told_of(session, SessionEnded(state="done")).text
