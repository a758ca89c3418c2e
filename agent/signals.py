"""Ctrl-C once: finish the step and save; twice, or SIGTERM, or the terminal is gone: stop now. All can be resumed."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from agent.session.stop import Stop

log = logging.getLogger(__name__)


_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXCPU)
"""Ctrl-C, a request to end, a terminal that is gone, and the limit of processor time that a login node may set."""


class Caught:
    """While it is entered, Ctrl-C, SIGTERM and their like come to `_on_signal`; then to whom they came before.

    What was ignored stays so, but for Ctrl-C: `nohup` makes a process deaf to the end of its terminal.
    """

    def __init__(self) -> None:
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        for number in _SIGNALS:
            if number == signal.SIGINT or signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._on_signal)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        raise NotImplementedError


class Signals(Caught):
    """While it is entered, Ctrl-C and SIGTERM request the stop; the second one also cuts off what runs now."""

    def __init__(self, stop: Stop) -> None:
        super().__init__()
        self.stop = stop

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and self.stop.why() is None:
            self.stop.request("interrupted by Ctrl-C")
            log.warning("Ctrl-C: this step is finished first, then the session stops; once more to stop now")
            return
        self.stop.request(f"stopped by {signal.Signals(number).name}")
        self.stop.check()  # raised here, in the middle of whatever is being waited for


@contextmanager
def heeded_at_its_edges(stop: Stop) -> Iterator[None]:
    """Around a session that a command works: a Ctrl-C before the session listens stops it as it begins, and one that comes
    as it has just stopped changes nothing. Where it was stopped, further ones are ignored."""
    before = signal.signal(signal.SIGINT, lambda *_: stop.request("interrupted by Ctrl-C"))
    try:
        yield
    finally:
        if stop.why() is None:
            signal.signal(signal.SIGINT, before)
        else:
            ignore_further()


def ignore_further() -> None:
    """For a command that was stopped and only has its last words to say: one more Ctrl-C must not turn that into a crash."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
