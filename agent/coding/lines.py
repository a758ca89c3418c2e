"""JSON lines to and from another process, with a time limit on each."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from typing import Any


class NoLine(Exception):
    """The other side did not speak; `str()` says how: "ended" or "silent for 60 s"."""


class Lines:
    """Both pipes of a process that speaks JSON lines. A process that stops reading or writing cannot hang us."""

    def __init__(self, process: subprocess.Popen[bytes], limit_s: float) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._to, self._from = process.stdin.fileno(), process.stdout.fileno()
        os.set_blocking(self._to, False)
        self._limit_s = limit_s
        self._rest = bytearray()

    def send(self, message: dict[str, Any]) -> None:
        """Write one line. Raises NoLine where the process ended or does not read within the limit."""
        data = memoryview(json.dumps(message).encode("ascii") + b"\n")
        deadline = time.monotonic() + self._limit_s
        while data:
            self._wait(self._to, write=True, deadline=deadline)
            try:
                data = data[os.write(self._to, data[:65536]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise NoLine("ended") from None

    def receive(self) -> dict[str, Any]:
        """The next line. Raises NoLine where the process ended or said nothing within the limit."""
        deadline = time.monotonic() + self._limit_s
        searched = 0
        while (end := self._rest.find(b"\n", searched)) < 0:
            searched = len(self._rest)
            self._wait(self._from, write=False, deadline=deadline)
            data = os.read(self._from, 1 << 20)
            if not data:
                raise NoLine("ended")
            self._rest += data
        line = bytes(self._rest[:end])
        del self._rest[: end + 1]
        try:
            message = json.loads(line)
        except ValueError:
            raise NoLine(f"spoke no JSON: {line[:80]!r}") from None
        if not isinstance(message, dict):
            raise NoLine(f"spoke no JSON object: {line[:80]!r}")
        return message

    def _wait(self, handle: int, *, write: bool, deadline: float) -> None:
        wait_s = deadline - time.monotonic()
        poll = select.poll()  # not select(): it fails on handles past 1023
        poll.register(handle, select.POLLOUT if write else select.POLLIN)
        if wait_s <= 0 or not poll.poll(wait_s * 1000):
            raise NoLine(f"silent for {self._limit_s:g} s")
