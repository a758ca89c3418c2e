"""Processes of sessions that are over in a moment: for what a campaign does around them. Each is called as `agent.campaigns.one.work` is."""

from __future__ import annotations

import os
from pathlib import Path

from agent.session.events import SESSION, SessionEnded
from agent.session.journal import Journal
from agent.session.lock import SessionLock
from agent.session.paths import SessionPaths

REFUSES = "tests.world.brief_sessions:refuses"
WORKS = "tests.world.brief_sessions:works"


def refuses(root: str, log_file: str, **_: object) -> int:
    """It cannot even open its session, and says why."""
    Path(log_file).parent.mkdir(exist_ok=True)
    with open(log_file, "a", encoding="utf-8") as log:
        log.write("WARNING: a word before\nERROR: the template's fixed files changed; restore them\n")
    with open(Path(root) / "tried", "a", encoding="utf-8") as tried:
        tried.write("once\n")
    return 1


def works(root: str, **_: object) -> int:
    """It is done at once, and leaves a line each time that it was begun to be worked."""
    paths = SessionPaths(Path(root))
    with SessionLock(paths.lock), open(paths.root / "worked", "a", encoding="utf-8") as worked:
        worked.write(f"{os.getpid()}\n")
        Journal(paths.journal, SESSION).append(SessionEnded(state="done"))
    return 0
