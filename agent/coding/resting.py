"""A coder whose process is ended while nobody needs it: a session that waits for an experiment of hours holds none."""

from __future__ import annotations

import threading
from typing import Protocol

from agent.coding.coder import Ask, Coder, TurnReply, TurnRequest


class Resting(Coder, Protocol):
    """A coder that can give back what it holds between turns, and takes it up again with the next."""

    def rest(self) -> None:
        """End what only a turn needs."""
        ...


class RestingCoder:
    """Works its turns by `coder`, and lets that rest after so many seconds without one."""

    def __init__(self, coder: Resting, idle_s: float) -> None:
        self.coder, self.idle_s = coder, idle_s
        self._turns = threading.Lock()
        self._timer: threading.Timer | None = None

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        """See `Coder.work`."""
        with self._turns:
            self._cancel()
            try:
                return self.coder.work(request, ask)
            finally:
                self._timer = threading.Timer(self.idle_s, self._rest)
                self._timer.name, self._timer.daemon = "coder-rest", True
                self._timer.start()

    def close(self) -> None:
        """See `Coder.close`."""
        with self._turns:
            self._cancel()
            self.coder.close()

    def _rest(self) -> None:
        mine = threading.current_thread()
        with self._turns:
            if self._timer is mine:  # no turn began as it woke
                self._timer = None
                self.coder.rest()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
