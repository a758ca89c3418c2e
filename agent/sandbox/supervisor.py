"""The process between the orchestrator and what it runs. A program of its own, standard library only.

    python -I -S supervisor.py   < one line of JSON (see Spec), then an open pipe   > one line of JSON (Report)

It spawns the command, keeps its logs within a size, watches time and memory, and at the end kills every process
that came of it. It adopts orphans (Linux), so a daemon that forked twice is still its descendant. When its stdin
closes (the orchestrator asks for the end, or was killed) it ends everything in the same way.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from typing import IO, Any

_TICK_S = 0.05
_MEMORY_EVERY_S = 0.5
_DRAIN_S = 1.0
_KILL_S = 5.0
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


class Log:
    """A log file of at most about `limit` bytes: the first half as it comes, the last half at the end."""

    def __init__(self, path: str, limit: int) -> None:
        self.file: IO[bytes] = open(path, "wb", buffering=0)  # noqa: SIM115 - closed by close()
        self.room = limit // 2
        self.tail: deque[bytes] = deque()
        self.tail_size, self.tail_limit, self.cut = 0, limit // 2, 0

    def write(self, data: bytes) -> None:
        head, rest = data[: self.room], data[self.room :]
        if head:
            self.room -= len(head)
            self._put(head)
        if rest:
            self.tail.append(rest)
            self.tail_size += len(rest)
            while self.tail_size - len(self.tail[0]) >= self.tail_limit:
                gone = len(self.tail.popleft())
                self.tail_size -= gone
                self.cut += gone

    def close(self) -> None:
        if self.cut:
            self._put(b"\n[labloop: %d bytes of output cut here]\n" % self.cut)
        for data in self.tail:
            self._put(data)
        self.file.close()

    def _put(self, data: bytes) -> None:
        try:
            self.file.write(data)
        except OSError:  # a full disk must not end the watch over the process
            self.room = 0


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


def send(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def kill_all() -> int:
    """SIGKILL to everything below, again until nothing is left; how many there were at first."""
    first = -1
    end = time.monotonic() + _KILL_S
    while time.monotonic() < end:
        left = list(descendants(os.getpid()))
        first = len(left) if first < 0 else first
        if not left:
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


def _in_child() -> None:
    """Between fork and exec: die with the supervisor, dump no core, take signals again."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


class Watch:
    """One command from its start to the end of its last process."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.logs = {name: Log(spec[name], spec["log_bytes"]) for name in ("stdout", "stderr")}
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ, "lifeline")
        self.began = time.monotonic()
        self.reason = ""
        self.looked = 0.0
        self.signals: list[tuple[float, int]] = []

    def run(self) -> dict[str, Any]:
        try:
            child = subprocess.Popen(
                self.spec["argv"],
                cwd=self.spec["cwd"],
                env=self.spec["env"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                preexec_fn=_in_child,
            )
        except OSError as error:
            self.logs["stderr"].write(f"labloop: {self.spec['argv'][0]}: {error.strerror}\n".encode())
            return self.report(127, 0)
        self.selector.register(child.stdout, selectors.EVENT_READ, "stdout")  # type: ignore[arg-type]
        self.selector.register(child.stderr, selectors.EVENT_READ, "stderr")  # type: ignore[arg-type]
        with contextlib.suppress(
            AttributeError, OSError
        ):  # Linux may wake the loop at the child's end; else it is polled
            self.selector.register(os.pidfd_open(child.pid), selectors.EVENT_READ, "ended")
        while child.poll() is None:
            self.pump(_TICK_S)
            self.look(child.pid)
        seconds = time.monotonic() - self.began
        left = kill_all()
        if self.spec["wrapped"]:
            left = 0  # a namespace ends as a whole: its processes are on their way out
        end = time.monotonic() + _DRAIN_S
        while len(self.selector.get_map()) > ("lifeline" in self.open_ends()) and time.monotonic() < end:
            self.pump(_TICK_S)
        code = child.returncode
        if self.spec["wrapped"] and code > 128:  # bubblewrap's way to say that a signal ended the command
            code = 128 - code
        return self.report(code, left, seconds)

    def open_ends(self) -> list[str]:
        return [str(key.data) for key in self.selector.get_map().values()]

    def pump(self, timeout_s: float) -> None:
        """Move what was written into the logs; notice a closed lifeline."""
        for key, _ in self.selector.select(timeout_s):
            if key.data == "ended":
                self.selector.unregister(key.fileobj)
                continue
            data = os.read(key.fd, 1 << 16)
            if key.data == "lifeline":
                if not data:
                    self.selector.unregister(key.fileobj)
                    self.ask_to_end("interrupted")
            elif data:
                self.logs[key.data].write(data)
            else:
                self.selector.unregister(key.fileobj)

    def look(self, child: int) -> None:
        """Time and memory; and the next signal, where the end was asked for."""
        now = time.monotonic()
        if not self.reason and now - self.began > self.spec["timeout_s"]:
            self.ask_to_end("timed_out")
        limit = self.spec["memory_bytes"]
        if limit and now - self.looked > _MEMORY_EVERY_S:
            self.looked = now
            if sum(descendants(os.getpid()).values()) > limit:
                self.reason = self.reason or "out_of_memory"
                self.signals = [(now, signal.SIGKILL)]
        while self.signals and now >= self.signals[0][0]:
            _, number = self.signals.pop(0)
            if number == signal.SIGKILL:
                send(list(descendants(os.getpid())), signal.SIGKILL)
            else:
                send(self.targets(child, number), number)

    def ask_to_end(self, reason: str) -> None:
        """SIGINT, so that Python says where it was; then SIGTERM to all; then SIGKILL."""
        if not self.reason:
            self.reason = reason
            now = time.monotonic()
            to_term, to_kill = self.spec["grace_s"]
            self.signals = [
                (now, signal.SIGINT),
                (now + to_term, signal.SIGTERM),
                (now + to_term + to_kill, signal.SIGKILL),
            ]

    def targets(self, child: int, number: int) -> list[int]:
        """Who gets a polite signal: not bubblewrap itself nor its namespace's first process, which would die of it."""
        below = descendants(os.getpid())
        if not self.spec["wrapped"]:
            return [child] if number == signal.SIGINT else list(below)
        tree = processes()
        first = [pid for pid in below if tree.get(pid, (0, 0))[0] == child]
        if number == signal.SIGINT:
            return [pid for pid in below if tree.get(pid, (0, 0))[0] in first]
        return [pid for pid in below if pid != child and pid not in first]

    def report(self, code: int | None, left: int, seconds: float = 0.0) -> dict[str, Any]:
        for log in self.logs.values():
            log.close()
        return {"exit_code": code, "reason": self.reason, "seconds": seconds, "left_behind": left}


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # who ends this is the orchestrator, by closing the lifeline
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    report = Watch(json.loads(_first_line())).run()
    with contextlib.suppress(BrokenPipeError):  # the orchestrator was killed: nobody reads it
        os.write(1, (json.dumps(report) + "\n").encode())


def _first_line() -> bytes:
    """The spec, read without taking a byte more than its line."""
    data = b""
    while not data.endswith(b"\n"):
        piece = os.read(0, 1 << 16)
        if not piece:
            sys.exit(2)
        data += piece
    return data


if __name__ == "__main__":
    main()
