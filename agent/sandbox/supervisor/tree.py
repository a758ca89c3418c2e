"""The processes below this one: found, told, ended. Linux by /proc, others by ps."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection

_KILL_S = 5.0
PDEATHSIG, CHILD_SUBREAPER = 1, 36
"""Of prctl: die with the starter; adopt orphans."""


def prctl(option: int, value: int) -> None:
    """Linux's prctl; nothing elsewhere."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def processes() -> dict[int, tuple[int, int]]:
    """Every live process: pid to (parent's pid, resident bytes that are its own)."""
    if os.path.isdir("/proc/self"):
        found = {}
        for name in os.listdir("/proc"):
            if name.isdigit():
                entry = _from_proc(name)
                if entry is not None:
                    found[int(name)] = entry
        return found
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss=,stat="], capture_output=True, text=True, check=False)
    rows = (line.split() for line in listing.stdout.splitlines())
    return {int(pid): (int(parent), int(rss) * 1024) for pid, parent, rss, state in rows if state[0] != "Z"}


def _from_proc(pid: str) -> tuple[int, int] | None:
    parent, resident = 0, 0
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            for line in file:
                key, _, value = line.partition(b":")
                if key == b"State" and value.split()[0] in (b"Z", b"X"):
                    return None
                if key == b"PPid":
                    parent = int(value)
                if key in (b"RssAnon", b"RssShmem"):
                    resident += int(value.split()[0]) * 1024
    except (OSError, ValueError, IndexError):  # it ended while being looked at
        return None
    return parent, resident


def threads_of(user: int) -> int:
    """How many threads this user's processes have now; 0 where there is no /proc."""
    found = 0
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        with contextlib.suppress(OSError):
            if name.isdigit() and os.stat(f"/proc/{name}").st_uid == user:
                found += len(os.listdir(f"/proc/{name}/task"))
    return found


def descendants(root: int) -> dict[int, int]:
    """Live processes below `root`: pid to resident bytes."""
    all_of_them = processes()
    children: dict[int, list[int]] = {}
    for pid, (parent, _) in all_of_them.items():
        children.setdefault(parent, []).append(pid)
    found: dict[int, int] = {}
    waiting = list(children.get(root, []))
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found[pid] = all_of_them[pid][1]
            waiting += children.get(pid, [])
    return found


def send(pids: list[int], number: int) -> bool:
    """Send a signal to each; whether it reached any."""
    reached = False
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
            reached = True
    return reached


def kill_all(but: Collection[int] = ()) -> int:
    """SIGKILL to everything below, again until nothing is left `but` these; how many there were at first."""
    first = -1
    end = time.monotonic() + _KILL_S
    while time.monotonic() < end:
        left = [pid for pid in descendants(os.getpid()) if pid not in but]
        first = len(left) if first < 0 else first
        if not left:
            _reap()  # what had ended before
            break
        send(left, signal.SIGKILL)
        _reap()
        time.sleep(0.01)
    return max(first, 0)


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
