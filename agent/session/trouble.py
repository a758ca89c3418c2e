"""What a machine does to a session: a disk, a limit or a permission that gives out is a pause with its remedy."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import Paused

_MACHINE = {
    errno.ENOSPC: ("the disk of {place} is full{free}", "free some space"),
    errno.EDQUOT: ("the quota on the disk of {place} is used up{free}", "delete what is not needed, or have it raised"),
    errno.EIO: ("the disk of {place} fails (input/output error)", "look after the disk, or move the folder to another"),
    errno.EROFS: ("the disk of {place} is read-only", "mount it so that it can be written"),
    errno.ESTALE: ("the file system of {place} is gone (stale file handle)", "mount it again"),
    errno.EACCES: ("{place} may not be read or written by this user", "give the folder to this user (chown, chmod)"),
    errno.EPERM: ("{place} may not be changed by this user", "give the folder to this user (chown, chattr -i)"),
    errno.EISDIR: ("{place} is a folder where a file belongs", "move it away"),
    errno.ENOTDIR: ("{place} lies below, or is, a file where a folder belongs", "move that file away"),
    errno.ELOOP: ("{place} is a link that leads in a circle", "move it away"),
    errno.ENXIO: ("{place} is a FIFO or a socket where a file belongs", "move it away"),
    errno.EFBIG: ("{place} would grow past the largest file allowed", "raise the limit (ulimit -f)"),
    errno.EMFILE: ("this process has too many open files", "raise the limit (ulimit -n)"),
    errno.ENFILE: ("the machine has too many open files", "end other programs, or raise fs.file-max"),
    errno.ENOMEM: ("the machine has no memory left", "end other programs"),
    errno.EAGAIN: (
        "the machine refuses a process or a lock for the moment",
        "end other programs, or raise the limit (ulimit -u)",
    ),
}
_NO_MEMORY = ("this process has no memory left", "end other programs, or raise its limit (ulimit -v)")

_NO_TEMPORARY = "No usable temporary directory"
"""So Python begins where it can write a file in none of those that it knows."""
_SET_TMPDIR = "free some space there, or set TMPDIR to a folder on another disk"
_ROOM = 32 * 1024
"""Bytes: a disk with less is full; a program's last write may have been larger."""


def trouble(error: OSError, place: Path) -> tuple[str, str]:
    """What the machine ran out of, and what helps; two empty texts where the error is of another kind.

    `place` is named where the error itself names no file.
    """
    if error.errno == errno.ENOENT and (error.strerror or "").startswith(_NO_TEMPORARY):
        folder = Path(os.environ.get("TMPDIR") or "/tmp")
        return (
            f"no temporary folder can be written: {folder} and the others are full or closed{_free(folder)}",
            _SET_TMPDIR,
        )
    told = _MACHINE.get(error.errno or 0)
    if told is None:
        return "", ""
    where = Path(str(error.filename2 or error.filename or place))
    return told[0].format(place=where, free=_free(where)), told[1]


@contextmanager
def pausing(place: Path, then: str = "continue with --resume") -> Iterator[None]:
    """Within it an error that the machine is to blame for becomes Paused: what, where, the remedy, what to do `then`."""
    try:
        yield
    except OSError as error:
        what, remedy = trouble(error, place)
        if not what:
            raise
        raise Paused(f"{what}: {remedy}, then {then}") from error
    except MemoryError as error:
        what, remedy = _NO_MEMORY
        raise Paused(f"{what}: {remedy}, then {then}") from error
    except ImportError as error:
        if "failed to map segment" not in str(error) and "annot allocate memory" not in str(error):
            raise
        what = f"a library cannot be loaded ({error}): there is no memory for it, or its disk forbids running programs (noexec)"
        raise Paused(
            f"{what}: raise the limit (ulimit -v), end other programs, or move the checkout, then {then}"
        ) from error
    except RuntimeError as error:
        if "can't start new thread" not in str(error):
            raise
        raise Paused(
            f"no thread can be started: end other programs, or raise the limit (ulimit -u), then {then}"
        ) from error


def has_room(folder: Path, wanted_bytes: int) -> bool:
    """Whether the disk of `folder` has so much space left, and a name for one more file."""
    found = os.statvfs(folder)
    blocks = found.f_bfree if os.geteuid() == 0 else found.f_bavail  # some are kept for root
    return not (found.f_blocks and blocks * found.f_frsize < wanted_bytes) and not (found.f_files and not found.f_ffree)


def check_room(folder: Path) -> None:
    """Raises OSError (ENOSPC) where the disk of `folder` has no room left: what failed there failed for that."""
    if not has_room(folder, _ROOM):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def _free(path: Path) -> str:
    """How much room the nearest folder that exists has."""
    for folder in (path, *path.parents):
        try:
            return f" ({shutil.disk_usage(folder).free / 1e6:.1f} MB free)"
        except OSError:
            continue
    return ""
