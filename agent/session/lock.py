"""One orchestrator a session: flock where it works, and a file that names the holder where it does not."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
import time
from pathlib import Path
from typing import IO

from agent.errors import SessionLocked

_HEARTBEAT_S = 5.0
_STALE_S = 60.0


def _boot_id() -> str:
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else ""


def _started(pid: int) -> str:
    """When the process began, in clock ticks since boot; empty where there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


class SessionLock:
    """Held from `with` to its end; raises SessionLocked where another orchestrator holds it.

    flock is unreliable on some network file systems, so the file also names host, pid, start time, boot and a
    heartbeat: a holder on this host is checked for being alive, one elsewhere for a heartbeat in the last minute.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None
        self._done = threading.Event()

    def __enter__(self) -> SessionLock:
        file = open(self.path, "a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            raise self._locked(self._read()) from None
        except OSError:
            pass  # a file system without flock: the holder's record decides
        holder = self._read()
        if holder and self._alive(holder):
            file.close()
            raise self._locked(holder)
        self._file = file
        self._write()
        threading.Thread(target=self._beat, name="session-lock", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()
            self._file = None

    def _beat(self) -> None:
        while not self._done.wait(_HEARTBEAT_S):
            self._write()

    def _write(self) -> None:
        file = self._file
        if file is None or file.closed:
            return
        holder = {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started": _started(os.getpid()),
            "boot": _boot_id(),
            "beat": time.time(),
        }
        file.seek(0)
        file.truncate()
        file.write(json.dumps(holder))
        file.flush()

    def _read(self) -> dict[str, object]:
        try:
            value = json.loads(self.path.read_text(encoding="utf-8") or "{}")
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    @staticmethod
    def _alive(holder: dict[str, object]) -> bool:
        if holder.get("host") == socket.gethostname() and holder.get("boot") == _boot_id():
            pid = int(str(holder.get("pid") or 0))
            return pid != os.getpid() and bool(pid) and _started(pid) == holder.get("started")
        if holder.get("host") == socket.gethostname():
            return False  # this machine was started again since
        return time.time() - float(str(holder.get("beat") or 0)) < _STALE_S

    def _locked(self, holder: dict[str, object]) -> SessionLocked:
        who = f"process {holder.get('pid')} on {holder.get('host')}" if holder else "another process"
        return SessionLocked(f"{self.path.parent}: {who} works in this session; wait for it or stop it first")
