"""The few words between an experiment and the process that hands out its data: lines of JSON over a Unix socket.

| said | answered |
|---|---|
| `{"open": {"split": "train", "layer": 2, …}}` | `{"rows": 100000, "d_in": 128, "mean": […], "norm": 11.3, "key": "…"}` |
| `{"draw": 2048}` | `{"file": "rows-1", "at": 4096, "rows": 2048}`: rows `at` and on of a file of float16 in the shared folder |
| `{"sample": 1000}` | the same; rows for a statistic, counted apart |
| nothing | `{"ahead": {"file": …, "at": …, "rows": 2048}}`: the next batch, as large as the last, as soon as it lies there |
| `{"took": 2048}` | nothing: that batch is what is worked on now, so that nobody waits for an answer |

or `{"refused": "why"}`. What was given stays as it is until the next is asked for or taken. A batch counts when it is asked for or taken: who reads the
one that lies ahead and does not say so is one batch ahead, and gets no other.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

VARIABLE = "LABLOOP_DATA"
"""Names the shared folder."""
SOCKET = "socket"
ENDED = "ended"
"""Lies in the folder where the process has ended too early, and says why."""
LONGEST_REQUEST = 1 << 14


class Wire:
    """One end of a connection: an object out, an object in."""

    def __init__(self, connection: socket.socket, longest: int) -> None:
        self._connection = connection
        self._longest = longest
        self._read = b""

    def has_line(self) -> bool:
        """Whether there is something to hear that was read already."""
        return b"\n" in self._read

    def say(self, value: dict[str, Any]) -> None:
        """Raises OSError where nobody listens any more."""
        self._connection.sendall(json.dumps(value).encode() + b"\n")

    def hear(self) -> dict[str, Any] | None:
        """The next object; None where the other end is closed, says too much, or says what is no object.

        Raises TimeoutError where the connection has a limit and it says nothing in time.
        """
        while b"\n" not in self._read:
            if len(self._read) > self._longest:
                return None
            try:
                piece = self._connection.recv(1 << 16)
            except ConnectionError:
                return None
            if not piece:
                return None
            self._read += piece
        line, _, self._read = self._read.partition(b"\n")
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None

    def close(self) -> None:
        self._connection.close()


@contextmanager
def short_path(folder: Path) -> Iterator[Path]:
    """The folder under a name that is short enough for a socket's path (about 100 characters), where the system has one."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        short = Path(f"/proc/self/fd/{handle}")
        yield short if short.exists() else folder
    finally:
        os.close(handle)
