"""What a turn changed, read from the files: the coder's word never counts. Changes it had no leave for are undone."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import stat
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from agent.coding.coder import TurnReply
from agent.session.events import EditOutcome
from agent.session.versions import unified_diff

log = logging.getLogger(__name__)

KEPT_BYTES = 16 * 2**20
"""Largest file whose contents are kept for an undo. A larger one is told by its size and times, and not read."""


@dataclass(frozen=True)
class Entry:
    """One name in the workspace. Two entries are equal where nothing changed."""

    kind: Literal["file", "folder", "link", "large", "other"]
    mode: int
    """Permission bits; 0 for a link."""
    digest: str
    """sha256 of a file, the target of a link, size and times of a large file; empty for a folder, a FIFO, a device."""
    data: bytes | None = None
    """A file's contents."""


Snapshot = Mapping[str, Entry]
"""Every name below the workspace, relative, with what it was."""


@dataclass(frozen=True)
class Change:
    """What differs between two snapshots."""

    changed: tuple[str, ...]
    """Editable files with other contents."""
    outside: tuple[str, ...]
    """Everything else that was made, changed, removed, or is no plain file any more."""


@dataclass(frozen=True)
class TurnOutcome:
    """What a turn came to, by the files; `Edited` is its record in the journal."""

    outcome: EditOutcome
    changed: tuple[str, ...]
    outside: tuple[str, ...]
    """Changes without leave; each undone."""
    diff: str
    """Unified diff of the editable files."""
    reply: TurnReply

    @property
    def partial(self) -> bool:
        """Whether some edits of an applied turn never found their place, by the coder's own account."""
        return self.outcome == "applied" and self.reply.edits_left > 0


def compare_turn(before: Snapshot, workspace: Path, editable: Collection[str], reply: TurnReply) -> TurnOutcome:
    """What a turn made of the workspace since `before`. What it changed outside `editable` is undone first."""
    change = compare(before, snapshot(workspace), editable)
    if change.outside:
        log.warning("undoing changes outside the editable files: %s", ", ".join(map(ascii, change.outside)))
        undo(before, workspace, change.outside)
    after = snapshot(workspace)
    changed = compare(before, after, editable).changed
    diff = "".join(unified_diff(name, _data(before, name), _data(after, name)) for name in changed)
    # A journal takes UTF-8 only; a name may be any bytes.
    outside = tuple(os.fsencode(name).decode("utf-8", "replace") for name in change.outside)
    return TurnOutcome(_outcome(changed, outside, reply), changed, outside, diff, reply)


def _outcome(changed: Collection[str], outside: Collection[str], reply: TurnReply) -> EditOutcome:
    if changed:
        return "applied"
    if outside or reply.refused:
        return "outside"
    if reply.tried and reply.edits_applied and not reply.edits_left:
        return "unchanged"
    return "unmatched" if (reply.tried or reply.edits_unmatched > 0) else "no_edit"


def snapshot(workspace: Path) -> Snapshot:
    """What lies in `workspace`. Follows no link and opens nothing but plain files, so nothing in it can hang us."""
    root = os.fspath(workspace)
    return {os.path.relpath(path, root): _entry(Path(path)) for path in _walk(root)}


def compare(before: Snapshot, after: Snapshot, editable: Collection[str]) -> Change:
    """Which names differ. An editable file that is gone, or is no plain file any more, counts as outside."""
    differing = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    allowed = set(editable)
    folders = {parent for name in allowed for parent in _parents(name) if after.get(parent, _NONE).kind == "folder"}
    changed = tuple(n for n in differing if n in allowed and after.get(n, _NONE).kind in ("file", "large"))
    return Change(changed, tuple(name for name in differing if name not in changed and name not in folders))


def undo(before: Snapshot, workspace: Path, names: Collection[str]) -> None:
    """Make `names` what they were in `before`. A large file's contents are not kept: it is removed, and said so."""
    for name in sorted(names, reverse=True):  # what lies in a folder before the folder
        path = workspace / name
        if not _reachable(workspace, name):
            continue  # it lay below something that is a link now, and that link is removed too
        was = before.get(name)
        if os.path.lexists(path) and not (was and was.kind == "folder" and _kind(path) == "folder"):
            _remove(path)
    for name in sorted(names):  # a folder before what lies in it
        if (was := before.get(name)) is not None:
            _restore(workspace / name, was)


_NONE = Entry("other", 0, "")


def _parents(name: str) -> Iterator[str]:
    for parent in Path(name).parents:
        if parent != Path():
            yield str(parent)


def _data(entries: Snapshot, name: str) -> bytes:
    return entries.get(name, _NONE).data or b""


def _walk(folder: str) -> Iterator[str]:
    """Every path below `folder`, links not followed."""
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        yield entry.path
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)


def _entry(path: Path) -> Entry:
    seen = path.lstat()
    mode = stat.S_IMODE(seen.st_mode)
    if stat.S_ISLNK(seen.st_mode):
        return Entry("link", 0, str(path.readlink()))
    if stat.S_ISDIR(seen.st_mode):
        return Entry("folder", mode, "")
    if not stat.S_ISREG(seen.st_mode):
        return Entry("other", mode, f"{stat.S_IFMT(seen.st_mode):o}")
    if seen.st_size > KEPT_BYTES:
        return Entry("large", mode, f"{seen.st_size} bytes, {seen.st_mtime_ns}, {seen.st_ctime_ns}")
    # The flags make sure that a name swapped for a link or a FIFO in this very moment cannot lead or hang us.
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except PermissionError:
        return Entry("other", mode, "unreadable")
    with os.fdopen(handle, "rb") as file:
        data = file.read(KEPT_BYTES)
    return Entry("file", mode, hashlib.sha256(data).hexdigest(), data)


def _kind(path: Path) -> str:
    return _entry(path).kind


def _reachable(workspace: Path, name: str) -> bool:
    """Whether all folders above `name` are real folders."""
    return all((workspace / up).is_dir() and not (workspace / up).is_symlink() for up in _parents(name))


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _restore(path: Path, was: Entry) -> None:
    if was.kind == "folder":
        path.mkdir(exist_ok=True)
        path.chmod(was.mode)
    elif was.kind == "link":
        path.symlink_to(was.digest)
    elif was.kind == "file" and was.data is not None:
        path.write_bytes(was.data)
        path.chmod(was.mode)
    else:
        log.warning("%a cannot be brought back: its contents were not kept", path)
