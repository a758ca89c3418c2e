"""One command from its start to the end of its last process."""

from __future__ import annotations

import contextlib
import os
import resource
import selectors
import signal
import subprocess
import time
from typing import Any

from .keyring import join_own_keyring
from .log import Log
from .spent import Spent
from .tree import PDEATHSIG, descendants, kill_all, prctl, processes, send, threads_of

_TICK_S = 0.05
_LOOK_EVERY_S = 0.25
_DRAIN_S = 1.0
_LAST_SIGNAL = 64
_THREADS_EACH = 8


class Watch:
    """A command that runs: its logs, its limits, its end. `spec` is the line that the orchestrator sent."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.logs = {name: Log(spec[name], spec["log_bytes"]) for name in ("stdout", "stderr")}
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ, "lifeline")
        self.spent = Spent(spec.get("gpu", False))
        self.began = time.monotonic()
        self.reason = ""
        self.reached = False
        """Whether a signal that asks for the end has met a process that still ran."""
        self.looked = 0.0
        self.signals: list[tuple[float, int]] = []
        processes = spec.get("processes", 0)
        self.threads = threads_of(os.getuid()) + _THREADS_EACH * processes if processes else 0

    def run(self) -> dict[str, Any]:
        told, argv, inherited = _told(self.spec)
        streams = self.spec.get("streams") or [subprocess.DEVNULL, subprocess.PIPE]
        try:
            child = subprocess.Popen(
                argv,
                cwd=self.spec["cwd"],
                env=self.spec["env"],
                stdin=streams[0],
                stdout=streams[1],
                stderr=subprocess.PIPE,
                start_new_session=True,
                preexec_fn=self.in_child,
                pass_fds=inherited,
            )
        except OSError as error:
            self.logs["stderr"].write(f"labloop: {self.spec['argv'][0]}: {error.strerror}\n".encode())
            return self.report(127, 0, started=False)
        for handle in (*inherited, *self.spec.get("streams", [])):  # who talks to it hears of its end
            os.close(handle)
        if child.stdout is not None:
            self.selector.register(child.stdout, selectors.EVENT_READ, "stdout")
        self.selector.register(child.stderr, selectors.EVENT_READ, "stderr")  # type: ignore[arg-type]
        with contextlib.suppress(
            AttributeError, OSError
        ):  # Linux may wake the loop at the child's end; else it is polled
            self.selector.register(os.pidfd_open(child.pid), selectors.EVENT_READ, "ended")
        while child.poll() is None:
            self.pump(_TICK_S)
            self.look(child.pid)
        seconds = time.monotonic() - self.began
        left = kill_all(but=self.spent.own)
        if self.spec["wrapped"]:
            left = 0  # a namespace ends as a whole: its processes are on their way out
        end = time.monotonic() + _DRAIN_S
        while len(self.selector.get_map()) > ("lifeline" in self.open_ends()) and time.monotonic() < end:
            self.pump(_TICK_S)
        ran, code = _how_it_ended(told, child.returncode) if self.spec["wrapped"] else (True, child.returncode)
        return self.report(code, left, seconds, ran)

    def in_child(self) -> None:
        if self.spec.get("own_keyring"):
            join_own_keyring()
        _in_child(self.spec.get("file_bytes", 0), self.threads)

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
        memory, processes = self.spec["memory_bytes"], self.spec.get("processes", 0)
        if now - self.looked > _LOOK_EVERY_S:
            self.looked = now
            tree = {pid: size for pid, size in descendants(os.getpid()).items() if pid not in self.spent.own}
            self.spent.look(tree)
            if memory and sum(tree.values()) > memory:
                self.end_at_once("out_of_memory")
            elif processes and len(tree) > processes + 2 * self.spec["wrapped"]:  # bubblewrap's own two
                self.end_at_once("too_many_processes")
        while self.signals and now >= self.signals[0][0]:
            _, number = self.signals[0]
            met = send(self.targets(child, number), number)
            if not met and number == signal.SIGINT and now < self.signals[1][0]:
                break  # bubblewrap has not begun it yet: again in a moment
            self.signals.pop(0)
            self.reached = self.reached or met

    def end_at_once(self, reason: str) -> None:
        """SIGKILL: a moment more, and the machine may have nothing left."""
        self.reason = self.reason or reason
        self.signals = [(time.monotonic(), signal.SIGKILL)]

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
        below = descendants(os.getpid()).keys() - self.spent.own
        if number == signal.SIGKILL:
            return list(below)
        if not self.spec["wrapped"]:
            return [pid for pid in below if pid == child or number != signal.SIGINT]
        tree = processes()
        first = [pid for pid in below if tree.get(pid, (0, 0))[0] == child]
        if number == signal.SIGINT:
            return [pid for pid in below if tree.get(pid, (0, 0))[0] in first]
        return [pid for pid in below if pid != child and pid not in first]

    def report(self, code: int | None, left: int, seconds: float = 0.0, started: bool | None = None) -> dict[str, Any]:
        for log in self.logs.values():
            log.close()
        cost = self.spent.report(seconds)
        return {
            "exit_code": code,
            "reason": self.reason if self.reached else "",  # what had ended by itself as its end was asked for
            "seconds": seconds,
            "left_behind": left,
            "started": started,
            "cost": cost if seconds else None,
        }


def _told(spec: dict[str, Any]) -> tuple[int | None, list[str], tuple[int, ...]]:
    """The pipe through which it is told how a wrapped command ended, and the arguments that name its other end."""
    argv = spec["argv"]
    if not spec.get("tells_status"):
        return None, argv, ()
    told, given = os.pipe()
    inside = os.dup(given)  # bubblewrap keeps its own from what it starts
    argv = [str(inside) if each == spec.get("status_word") else each for each in argv]
    return told, [argv[0], "--json-status-fd", str(given), *argv[1:]], (given, inside)


def _how_it_ended(told: int | None, code: int) -> tuple[bool | None, int]:
    """Whether a wrapped command ran (None: not known), and its exit status, negative for a signal.

    bubblewrap itself tells a signal as 128 + n; first.py, where it stands between, tells the two apart.
    """
    said = b""
    if told is not None:
        os.set_blocking(told, False)
        with contextlib.suppress(BlockingIOError):
            said = os.read(told, 1 << 16)
    words = [line.split() for line in said.splitlines()]
    if [b"exit", b"%d" % code] in words:
        return True, code
    if 128 < code <= 128 + _LAST_SIGNAL:
        code = 128 - code
    return (None if told is None else b"exit-code" in said or any(each[:1] == [b"signal"] for each in words)), code


def _in_child(file_bytes: int, processes: int) -> None:
    """Between fork and exec: die with the supervisor, dump no core, take signals again, within limits of the kernel's.

    Its limit on processes counts threads, all those of the user, and does not hold root: the watch counts too.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if file_bytes:
        _lower(resource.RLIMIT_FSIZE, file_bytes)
    if processes and os.getuid():
        _lower(resource.RLIMIT_NPROC, processes)
    prctl(PDEATHSIG, signal.SIGKILL)


def _lower(which: int, value: int) -> None:
    """Set one of the kernel's limits, where the one that holds already is not lower."""
    hard = resource.getrlimit(which)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, value))
