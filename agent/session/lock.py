"""One orchestrator a session: flock where it works, and a file that names the holder where it does not.

Who asks whether somebody works in a session asks `holder`, so that lock, page and whoever else looks never disagree.
"""

from __future__ import annotations

import fcntl
import json
import logging
import math
import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError

from agent.errors import SessionLocked

log = logging.getLogger(__name__)
_HEARTBEAT_S = 5.0
_STALE_S = 60.0
_LOOK_S = 1.0
_DYING_S = 2.0
_LARGEST, _LENGTH = 4096, 512


class Holder(BaseModel):
    """A process that wrote that it works in a session."""

    model_config = ConfigDict(frozen=True)

    pid: int
    host: str = ""
    started: str = ""
    """When the process began, in clock ticks since boot: a process that was given its number later is another."""
    boot: str = ""
    """The boot that the ticks count from."""
    beat: FiniteFloat = 0.0
    """When it last wrote this, in seconds since 1970, by its own clock."""

    @property
    def is_alive(self) -> bool:
        """Whether it works still: on this host the process itself is asked, elsewhere its heartbeat of the last minute."""
        if self.host != socket.gethostname():
            return time.time() - self.beat < _STALE_S
        return self.boot == _boot_id() and self.pid > 0 and _started(self.pid) == self.started

    @property
    def is_ahead(self) -> bool:
        """Whether its host's clock runs before ours: its heartbeat alone does not tell how old it is."""
        return self.host != socket.gethostname() and self.beat - time.time() > _STALE_S

    @property
    def is_this_process(self) -> bool:
        return self.host == socket.gethostname() and self.pid == os.getpid()

    @property
    def name(self) -> str:
        return f"process {self.pid} on {self.host}"


def holder(path: Path) -> Holder | None:
    """Who holds the session whose lock lies at `path`; None where nobody does, or the holder is gone without a word."""
    found = _recorded(path)
    if found is None or not found.is_alive or (found.is_ahead and _unmoved_s(path) >= _STALE_S):
        return None
    return found


class SessionLock:
    """Held from `with` to its end; raises SessionLocked where another orchestrator holds it.

    flock is unreliable on some network file systems, so the file also names the holder, with a heartbeat.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: int | None = None
        self._writing = threading.Lock()
        self._done = threading.Event()

    def __enter__(self) -> SessionLock:
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o666)
        if not self._taken(file):
            os.close(file)
            raise self._locked(_recorded(self.path))
        found = holder(self.path)
        if found is not None and found.is_ahead:
            found = self._looked_at_twice(found)
        if found is not None and not found.is_this_process:
            os.close(file)
            raise self._locked(found)
        self._file = file
        with suppress(OSError):  # a full disk: flock holds it, and the session's own writing says so
            self._write()
        threading.Thread(target=self._beat, name="session-lock", daemon=True).start()
        return self

    def _taken(self, file: int) -> bool:
        """Whether flock gave the file, or is not there to say. What a killed process held is free once its last thread ended."""
        deadline = time.monotonic() + _DYING_S
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if holder(self.path) is not None or time.monotonic() > deadline:
                    return False
                time.sleep(0.02)
            except OSError:
                return True  # a file system without flock: the holder's record decides

    def __exit__(self, *_: object) -> None:
        self._done.set()
        with self._writing:
            if self._file is not None:
                with suppress(OSError):  # a process that is gone holds nothing, whatever the file says
                    os.ftruncate(self._file, 0)
                os.close(self._file)
                self._file = None

    def _looked_at_twice(self, found: Holder) -> Holder | None:
        """A holder whose clock is ahead: None once its heartbeat has not moved for a minute."""
        log.warning("%s: %s works here, by a clock ahead of ours; looking whether it still does", self.path, found.name)
        while (now := holder(self.path)) == found:
            time.sleep(min(_LOOK_S, _STALE_S))
        return now

    def _beat(self) -> None:
        while not self._done.wait(_HEARTBEAT_S):
            with suppress(OSError):  # a full disk: the session's own writing says so
                self._write()

    def _write(self) -> None:
        """Over the old record, of the same length: whoever reads meanwhile never finds the file empty or half old."""
        pid = os.getpid()
        mine = Holder(
            pid=pid, host=socket.gethostname(), started=_started(pid), boot=_boot_id(), beat=round(time.time(), 3)
        )
        record = mine.model_dump_json().encode().ljust(_LENGTH)
        with self._writing:
            if self._file is not None:
                os.pwrite(self._file, record, 0)
                os.ftruncate(self._file, len(record))

    def _locked(self, found: Holder | None) -> SessionLocked:
        who = found.name if found else "another process"
        return SessionLocked(f"{self.path.parent}: {who} works in it; wait for it or stop it first")


def _recorded(path: Path) -> Holder | None:
    """Who the file names, alive or not."""
    try:
        with open(path, "rb") as file:
            return Holder.model_validate(json.loads(file.read(_LARGEST)))
    except (OSError, ValueError, RecursionError, ValidationError):
        return None


def _unmoved_s(path: Path) -> float:
    """Seconds since the file was last written, by the clock of the file system, which is nobody's in particular."""
    try:
        return time.time() - path.stat().st_mtime
    except OSError:
        return math.inf


def _boot_id() -> str:
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else ""


def _started(pid: int) -> str:
    """When the process began, in clock ticks since boot; empty where there is none, or only its exit status is left."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return "" if fields[0] in "ZX" else fields[19]
    except (OSError, IndexError):
        return ""
