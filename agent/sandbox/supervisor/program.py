"""The supervisor's beginning and end: read the command, watch it, say what became of it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys

from .tree import CHILD_SUBREAPER, prctl
from .watch import Watch


def main() -> None:
    """One command, from the line on stdin to the report on stdout."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # who ends this is the orchestrator, by closing the lifeline
    prctl(CHILD_SUBREAPER, 1)
    spec = json.loads(_first_line())
    report = Watch(spec).run()
    with contextlib.suppress(OSError):  # a full disk: it is told all the same
        _leave(report, spec.get("report", ""))
    with contextlib.suppress(BrokenPipeError):  # the orchestrator was killed: nobody reads it
        os.write(1, (json.dumps(report) + "\n").encode())


def _leave(report: dict[str, object], path: str) -> None:
    """Write the report where it is found by whoever comes after the orchestrator was killed; whole or not at all."""
    if not path:
        return
    with open(path + ".tmp", "w", encoding="utf-8") as file:
        json.dump(report, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".tmp", path)


def _first_line() -> bytes:
    """The spec, read without taking a byte more than its line."""
    data = b""
    while not data.endswith(b"\n"):
        piece = os.read(0, 1 << 16)
        if not piece:
            sys.exit(2)
        data += piece
    return data
