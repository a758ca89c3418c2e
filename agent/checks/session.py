"""Whether a session can be gone on with: its folder read, its code held against its hashes."""

from __future__ import annotations

from pathlib import Path

from agent.checks.result import CheckResult, failed, passed
from agent.errors import LabloopError
from agent.session.damage import lost, refuse_damage
from agent.session.lock import holder
from agent.session.session import open_session

_NAME = "session"


def session_check(root: Path) -> CheckResult:
    """What of a session is damaged, found before it is resumed; what was only kept to be looked at is a warning."""
    try:
        session = open_session(root)
        refuse_damage(session.paths, session.journal, session.files)
    except LabloopError as error:
        return failed(_NAME, str(error), "mend that first, or begin a new session")
    if found := holder(session.paths.lock):
        return failed(_NAME, f"{root}: {found.name} works in it now", "wait for it or stop it first", fatal=False)
    if missing := lost(session.paths, session.journal):
        return failed(_NAME, "; ".join(missing), "it can be resumed all the same; restore them if you can", fatal=False)
    return passed(_NAME, f"{session.name}: {len(session.journal.events)} events, nothing is damaged")
