"""Of what kind each thing in a session's folder is: a folder, a link to nowhere or a FIFO where a file belongs is said.

Only looked at, never opened: a FIFO would wait for ever.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from agent.session.paths import SessionPaths
from agent.session.steps import RunName

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)
_GIVEN = "put it back from a copy of the session"
_MADE = "move it away, and --resume makes it anew"


def misplaced(paths: SessionPaths) -> Iterator[str]:
    """A sentence for each thing that is not of the kind that the session's folder holds under its name, with the remedy."""
    for path in (paths.journal, paths.spec):
        yield from _unfit(path, _GIVEN)
    for path in (paths.lock, paths.notes, paths.titles, paths.metrics, paths.audit, paths.page, paths.paper):
        yield from _unfit(path, _MADE)
    for path in (paths.blobs, paths.exchanges):
        yield from _unfit(path, _GIVEN, folder=True)
        for name in _names(path):
            yield from _unfit(path / name, _GIVEN)
    for path in (paths.workspace, paths.attempts, paths.figures, paths.latex):
        yield from _unfit(path, _MADE, folder=True)
    for name in _names(paths.attempts):
        if name.isdigit():
            yield from _unfit(paths.attempts / name, "move it away", folder=True)
    for name in _names(paths.root):
        if RunName.parse(name):
            yield from _unfit(paths.root / name, _GIVEN, folder=True)
        elif name.endswith(".py") and RunName.parse(name[:-3]):
            yield from _unfit(paths.root / name, _GIVEN)


def _unfit(path: Path, remedy: str, folder: bool = False) -> Iterator[str]:
    """What stands at `path` instead of a file (or a folder); nothing where it is one, or not there."""
    wanted = "a folder" if folder else "a file"
    try:
        mode = path.stat().st_mode
    except OSError as error:
        if os.path.lexists(path):
            yield f"{path}: a link that leads nowhere ({error.strerror}), where {wanted} belongs; {remedy}"
        return
    if not (stat.S_ISDIR(mode) if folder else stat.S_ISREG(mode)):
        found = next((name for is_it, name in _KINDS if is_it(mode)), "a file")
        yield f"{path}: {found}, where {wanted} belongs; {remedy}"


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
