"""Ctrl-C once: finish the step and save; twice, or SIGTERM: stop now. Both can be resumed."""

from __future__ import annotations

import logging
import signal
from types import FrameType

from agent.errors import Interrupted

log = logging.getLogger(__name__)


class StopRequest:
    """Asked before every step (`why`); set by the first Ctrl-C while it is entered."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self._before: dict[int, object] = {}

    def why(self) -> str | None:
        """Why the session must stop before its next step, or None."""
        return self.reason

    def __enter__(self) -> StopRequest:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        name = signal.Signals(number).name
        if number == signal.SIGINT and self.reason is None:
            self.reason = "interrupted by Ctrl-C"
            log.warning("Ctrl-C: this step is finished first, then the session stops; once more to stop now")
            return
        self.reason = f"stopped by {name}"
        raise Interrupted(self.reason)


def ignore_further() -> None:
    """For a command that was stopped and only has its last words to say: one more Ctrl-C must not turn that into a crash."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
