"""Slots of one machine, shared by any number of processes without a daemon: each is a file, and whoever holds its lock has it.

A lock goes with the processes that hold its file open. The session holds it, and so does the supervisor of what runs in
the slot: where a session is killed, the slot is free as soon as the last process of its experiment is gone, not sooner.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from agent.errors import EnvironmentBroken

VARIABLE = "LABLOOP_SLOTS_FOLDER"
_COMMON = Path("/tmp")
_POLL_S = 0.2
_AT_ONCE = 3
"""Tries, close together, before a wait is one: another may hold the turn for as long as it takes to claim a free slot."""


@dataclass(frozen=True)
class Slot:
    """A slot that is held. Whoever has its file open holds it."""

    number: int
    file: int
    """An open file, with the lock on it."""

    def release(self) -> None:
        """Give it back, as far as this process goes."""
        with contextlib.suppress(OSError):
            os.ftruncate(self.file, 0)
        os.close(self.file)


class Slots:
    """The slots in `folder`, numbered from 0; how many there are is each process' own affair, the files are shared."""

    def __init__(self, number: int, folder: Path | None = None) -> None:
        self.number = number
        self.folder = folder or slots_folder()

    def claim(self, name: str, first: int = 0) -> Slot | None:
        """A free slot from number `first` on, now; None where there is none. `name` tells the others who has it.

        Raises EnvironmentBroken where the folder takes no files.
        """
        for number in range(first, self.number):
            handle = self._opened(self._path(number))
            if not _locked(handle):
                os.close(handle)
                continue
            told = json.dumps({"pid": os.getpid(), "name": name}).encode()
            with contextlib.suppress(OSError):  # a full disk: the lock is what counts, and it is held
                os.ftruncate(handle, 0)
                os.pwrite(handle, told, 0)
            return Slot(number, handle)
        return None

    def _opened(self, path: Path) -> int:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EnvironmentBroken(
                f"{error.filename or self.folder}: no slot of this machine can be claimed there ({error.strerror}); let this user write "
                f"into that folder, or name another with {VARIABLE}, then continue with --resume"
            ) from error

    def wait(self, name: str, asked_to_end: Callable[[], bool], told: Callable[[], None] = lambda: None) -> Slot | None:
        """A slot as soon as one is free; None where the end was asked for before. `told` is called once where it has to wait.

        One that is free at once is taken whatever was asked for: what has begun (a run that is to be scored) comes to its end.
        Who waits holds the turn, and the next free slot is theirs: else a session of many launches, there at the very moment
        at which it gives its own back, would keep every other one waiting to its end. Slots that they do not count are anybody's.
        """
        turn = self._opened(self.folder / "turn")
        try:
            mine, tries = False, 0
            while True:
                mine = mine or self._has_turn(turn)
                if slot := self.claim(name, 0 if mine else _counted(turn)):
                    return slot
                if tries and asked_to_end():
                    return None
                tries += 1
                if tries == _AT_ONCE:
                    told()
                time.sleep(_POLL_S if tries >= _AT_ONCE else _POLL_S / 10)
        finally:
            os.close(turn)

    def _has_turn(self, turn: int) -> bool:
        """Whether the turn is ours now; how many slots it is a turn for stands in its file."""
        if not _locked(turn):
            return False
        with contextlib.suppress(OSError):
            os.ftruncate(turn, 0)
            os.pwrite(turn, str(self.number).encode(), 0)
        return True

    def others(self, mine: Slot) -> tuple[str, ...]:
        """Who holds the other slots, by name; whatever number of slots they count with."""
        return self._held(self._path(mine.number))

    def holders(self) -> tuple[str, ...]:
        """Who holds a slot, by name; the same of them all."""
        return self._held(None)

    def strangers(self) -> tuple[str, ...]:
        """Those of them that are not this process."""
        return self._held(None, besides=os.getpid())

    def _held(self, mine: Path | None, besides: int | None = None) -> tuple[str, ...]:
        holders = (_holder(path) for path in sorted(self.folder.glob("slot-*")) if path != mine)
        return tuple(holder.name for holder in holders if holder.name and holder.pid != besides)

    def _path(self, number: int) -> Path:
        return self.folder / f"slot-{number}"


def slots_folder() -> Path:
    """Where this user's slots on this machine lie: one place for a terminal, a timer and what a logout leaves at work, so neither TMPDIR
    nor the run folder of a login (which goes as the user logs out) names it. Never in a shared file system, since each machine has its own.
    """
    if named := os.environ.get(VARIABLE):
        return Path(os.path.expanduser(named)).absolute()
    common = _COMMON if os.access(_COMMON, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
    return common / f"labloop-{os.getuid()}" / "slots"


def _locked(handle: int) -> bool:
    """Whether the lock is ours now. True as well where there are no locks: then nobody can be kept out."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


def _counted(turn: int) -> int:
    """How many slots whoever has the turn counts; all of them where that is not told."""
    try:
        return int(os.pread(turn, 16, 0))
    except (OSError, ValueError):
        return sys.maxsize


class _Holder(NamedTuple):
    """Who holds a slot, as it says itself; without a name where it is free."""

    name: str = ""
    pid: int = 0


def _holder(path: Path) -> _Holder:
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return _Holder()
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _told(os.pread(handle, 4096, 0))
    except OSError:
        return _Holder()
    finally:
        os.close(handle)
    return _Holder()


def _told(told: bytes) -> _Holder:
    if not told:  # it has only just taken it
        return _Holder()
    try:
        said = json.loads(told)
        return _Holder(str(said["name"]), int(said["pid"]))
    except (ValueError, KeyError, TypeError):
        return _Holder("another process")
