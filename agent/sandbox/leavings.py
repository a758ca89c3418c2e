"""What a process left in a folder, looked at and removed without trust: deep, long, huge, or closed to its owner.

Nothing here calls itself: a thousand folders within each other cost a walk of the standard library its stack. A path of
more than 4,096 bytes cannot be named at all; such a thing is counted as too much, and removed by handles.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_LONGEST_PATH = 1000
"""Bytes of a path below the folder; the system takes 4,096 for a whole one, and other folders' names come before it."""
_PIECE = 1 << 20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@dataclass(frozen=True)
class LeavingsLimits:
    """How much a process may leave."""

    gb: float = 20.0
    """Of all files together, each as long as it says: a sparse file counts whole."""
    files: int = 20_000
    """Files, links and folders."""
    depth: int = 64
    """Folders within each other."""


def excess(folder: Path, limits: LeavingsLimits) -> str:
    """What `folder` holds beyond the limits, with the setting that says so; empty where all is within them."""
    size = 0
    for number, (path, found) in enumerate(entries_below(folder), 1):
        size += found.st_size if stat.S_ISREG(found.st_mode) else 0
        if number > limits.files:
            return f"it left more than {limits.files:,} files and folders (left_files in labloop.toml)"
        if size > limits.gb * 1e9:
            return f"it left more than {limits.gb:g} GB of files (left_gb in labloop.toml; holes in a file count)"
        if len(path.parts) > limits.depth + (not stat.S_ISDIR(found.st_mode)):
            return f"it left more than {limits.depth} folders within each other (left_depth in labloop.toml)"
        if len(os.fsencode(path)) > _LONGEST_PATH:
            return f"it left a path of more than {_LONGEST_PATH:,} bytes; shorter names are needed"
    return ""


def open_up(folder: Path) -> None:
    """Give the owner every right on all that lies in `folder`: root sees no difference, what runs without its rights does."""
    for path, found in [(Path(), folder.stat()), *entries_below(folder)]:
        wanted = 0o700 if stat.S_ISDIR(found.st_mode) else 0o600
        if stat.S_IMODE(found.st_mode) & wanted != wanted and not stat.S_ISLNK(found.st_mode):
            with contextlib.suppress(OSError):
                (folder / path).chmod(stat.S_IMODE(found.st_mode) | wanted)


def regular_files(folder: Path) -> list[Path]:
    """Every regular file below `folder`, relative to it, sorted; none that is a link or lies behind one."""
    return sorted(path for path, found in entries_below(folder) if stat.S_ISREG(found.st_mode))


def remove(folder: Path, but: Collection[str] = ()) -> bool:
    """Remove `folder` and all that it holds, however deep; whether it is gone. A link goes, what it shows stays.

    Entries right in it whose names stand in `but` stay, and the folder with them. What the system does not let go stays.
    """
    with contextlib.suppress(OSError):
        if folder.is_symlink() or not folder.is_dir():
            folder.unlink(missing_ok=True)
        else:
            _empty(folder, but)
            if not but:
                folder.rmdir()
    return not folder.exists()


def copy_file(source: Path, target: Path) -> None:
    """Copy a regular file, also one that is closed to its owner; a hole in it is one in the copy."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with opened(source) as given, target.open("wb") as made:
        size, at = os.fstat(given.fileno()).st_size, 0
        while at < size:
            at, end = _next_data(given.fileno(), at, size)
            given.seek(at)
            made.seek(at)
            while at < end and (piece := given.read(min(_PIECE, end - at))):
                made.write(piece)
                at += len(piece)
            at = end
        made.truncate(size)


def entries_below(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Everything below a folder, relative to it, level by level; nothing behind a link or a name that is too long."""
    if folder.is_symlink() or not folder.is_dir():
        return
    waiting = [Path()]
    for inner in waiting:
        try:
            with _scanned(folder / inner) as listed:
                found = [(inner / entry.name, entry.stat(follow_symlinks=False)) for entry in listed]
        except OSError:  # it went away, or its path is too long to be named: what is above it was counted
            continue
        waiting += [path for path, one in found if stat.S_ISDIR(one.st_mode)]
        yield from found


def _scanned(folder: Path) -> os._ScandirIterator[str]:
    try:
        return os.scandir(folder)
    except PermissionError:
        folder.chmod(0o700)
        return os.scandir(folder)


def opened(path: Path) -> BinaryIO:
    """A regular file to read, also one that is closed to its owner. Raises OSError where that cannot be had."""
    try:
        return path.open("rb")
    except PermissionError:
        path.chmod(0o600)
        return path.open("rb")


def _next_data(handle: int, at: int, size: int) -> tuple[int, int]:
    """Where the next part of a file that is no hole begins and ends, from `at` on."""
    try:
        begin = os.lseek(handle, at, os.SEEK_DATA)
        return begin, min(size, os.lseek(handle, begin, os.SEEK_HOLE))
    except (OSError, AttributeError) as error:
        nothing_more = isinstance(error, OSError) and error.errno == errno.ENXIO
        return (size, size) if nothing_more else (at, size)  # a file system that knows no holes: all of it


def _empty(folder: Path, but: Collection[str]) -> None:
    """Remove what a folder holds: each folder further down is first moved up, so that no path grows and few are open."""
    top = os.open(folder, _FOLDER)
    try:
        waiting = _lifted(top, top, but)
        while waiting:
            name = waiting.pop()
            with contextlib.suppress(OSError):  # not ours to remove: it stays, the rest goes
                inner = _handle(name, top)
                try:
                    waiting += _lifted(inner, top)
                finally:
                    os.close(inner)
                os.rmdir(name, dir_fd=top)
    finally:
        os.close(top)


def _lifted(inner: int, top: int, but: Collection[str] = ()) -> list[str]:
    """Remove the files of the folder `inner` and move its folders into `top`; their names there."""
    folders = []
    with contextlib.suppress(OSError):
        os.fchmod(inner, 0o700)
    with os.scandir(inner) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries if entry.name not in but]
    for name, is_folder in found:
        with contextlib.suppress(OSError):
            if not is_folder:
                os.unlink(name, dir_fd=inner)
            elif inner == top:
                folders.append(name)
            else:
                lifted = f".{secrets.token_hex(8)}"
                os.rename(name, lifted, src_dir_fd=inner, dst_dir_fd=top)
                folders.append(lifted)
    return folders


def _handle(name: str, parent: int) -> int:
    try:
        return os.open(name, _FOLDER, dir_fd=parent)
    except PermissionError:
        os.chmod(name, 0o700, dir_fd=parent)
        return os.open(name, _FOLDER, dir_fd=parent)
