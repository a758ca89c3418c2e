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
_SHOWN = "move it away, or put what belongs there back from a copy of the session"
_MADE = "move it away, and --resume makes it anew"


def misplaced(paths: SessionPaths) -> Iterator[str]:
    """A sentence for each thing that is not of the kind that the session's folder holds under its name, with the remedy."""
    for path, remedy in _files(paths):
        yield from _unfit(path, remedy)
    for path, remedy in _folders(paths):
        yield from _unfit(path, remedy, folder=True)


def _files(paths: SessionPaths) -> Iterator[tuple[Path, str]]:
    """Where files belong, and what to do where something else stands there."""
    yield from ((path, _GIVEN) for path in (paths.journal, paths.spec))
    made = (
        paths.lock,
        paths.notes,
        paths.titles,
        paths.metrics,
        paths.controls,
        paths.audit,
        paths.page,
        paths.html_draft,
    )
    yield from ((path, _MADE) for path in made)
    yield paths.paper, _SHOWN
    yield from ((folder / name, _GIVEN) for folder in (paths.blobs, paths.exchanges) for name in _names(folder))
    runs = (name for name in _names(paths.root) if name.endswith(".py") and RunName.parse(name[:-3]))
    yield from ((paths.root / name, _GIVEN) for name in runs)


def _folders(paths: SessionPaths) -> Iterator[tuple[Path, str]]:
    """Where folders belong."""
    yield from ((path, _GIVEN) for path in (paths.blobs, paths.exchanges))
    yield paths.workspace, _MADE
    yield from ((path, _SHOWN) for path in (paths.attempts, paths.figures, paths.latex, paths.style, paths.say))
    yield from ((paths.attempts / name, _SHOWN) for name in _names(paths.attempts) if name.isdigit())
    yield from ((paths.root / name, _GIVEN) for name in _names(paths.root) if RunName.parse(name))


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
