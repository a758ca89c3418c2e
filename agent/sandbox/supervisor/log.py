"""A log within a size: what came first and what came last."""

from __future__ import annotations

from collections import deque
from typing import IO


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
