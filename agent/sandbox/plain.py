"""Without namespaces (macOS, or Linux that forbids them): nothing is out of reach, but nothing goes unseen.

The supervisor ends the whole tree and adopts daemons; a token in the environment finds those that got away all the
same. Writes outside are found afterwards by `guard.py`. Network and readable files are not held back.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from agent.sandbox.command import Command, Finished
from agent.sandbox.leavings import remove
from agent.sandbox.supervise import supervise

_TOKEN = "LABLOOP_TOKEN"
_PR_SET_DUMPABLE = 4
_LONGEST_TMPDIR = 60  # a socket's path may have about 100 characters, and multiprocessing adds 40


class Plain:
    """Own session, own process tree, clean environment. The fallback, said wherever it is used."""

    name = "plain"
    keeps_apart = False

    def __init__(self) -> None:
        _close_own_environment()

    def run(self, command: Command, stop: Callable[[], bool] = lambda: False) -> Finished:
        command.make_folders()
        token = secrets.token_hex(16)
        env = {**command.env, _TOKEN: token}
        short = None
        if len(env.get("TMPDIR", "")) > _LONGEST_TMPDIR:
            short = tempfile.mkdtemp(prefix="labloop-")
            env["TMPDIR"] = short
        try:
            finished = supervise(command, command.argv, env, stop, wrapped=False)
        finally:
            escaped = end_by_token(token)
            if short:
                remove(Path(short))
        return replace(finished, left_behind=finished.left_behind + escaped)

    def stand(self, command: Command) -> None:
        """None: whatever this user runs can signal and trace it."""

    def wrap(self, command: Command) -> list[str]:
        command.make_folders()
        return list(command.argv)


def _close_own_environment() -> None:
    """Keep other processes of this user (not root's) from reading this one's keys in /proc/PID/environ. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def end_by_token(token: str, tries: int = 50) -> int:
    """Kill every process whose environment holds `token`; how many there were. Linux only; 0 elsewhere."""
    if sys.platform != "linux":
        return 0
    first = -1
    for _ in range(tries):
        found = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _holds(path, token)]
        first = len(found) if first < 0 else first
        if not found:
            break
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    return max(first, 0)


def _holds(process: Path, token: str) -> bool:
    """Whether a live process (not a zombie, whose environment is empty) carries the token."""
    try:
        return f"{_TOKEN}={token}".encode() in (process / "environ").read_bytes()
    except OSError:
        return False
