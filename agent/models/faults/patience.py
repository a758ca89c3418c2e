"""Waiting between tries of a call: soon and seldom for a fault that passes, as long as told where a provider says so."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable

from agent.models.faults import Fault
from agent.session.stop import Stop

log = logging.getLogger(__name__)
Say = Callable[[str], None]
_TRIES = {"passing": 4, "rate": 9}
"""Calls in all where the provider names no time."""
_LONGEST_STEP = 60
"""Of the waits that grow by themselves, in first waits."""
_POLL_S = 0.2


class Patience:
    """The waits of one question. What a provider asks to wait counts against `most_s` alone, not against the tries."""

    def __init__(self, stop: Stop, first_wait_s: float, most_s: float, say: Say = lambda text: None) -> None:
        self.stop = stop
        self.first_wait_s = first_wait_s
        self.most_s = most_s
        self.say = say
        self.waited_s = 0.0
        self._soon = self._told = 0

    def wait(self, name: str, fault: Fault) -> str:
        """Wait before the next try; why there is none, where there is none. Raises Interrupted as soon as a stop is asked for."""
        if fault.way not in ("retry", "wait"):
            return "asking again would not help"
        if fault.wait_s is None:
            self._soon += 1
            if self._soon >= _TRIES[fault.kind]:
                return f"asked {self._soon} times"
            wait_s = self._step(self._soon)
        else:
            self._told += 1
            wait_s = max(fault.wait_s, self._step(self._told))
        if self.waited_s + wait_s > self.most_s:
            return (
                f"it asks to wait {_span(wait_s)}, {_span(self.waited_s)} were waited, max_wait_minutes is {self.most_s / 60:g}"
                if fault.wait_s is not None
                else f"waited {_span(self.waited_s)}, max_wait_minutes is {self.most_s / 60:g}"
            )
        self._sleep(name, fault, wait_s)
        return ""

    def _step(self, number: int) -> float:
        return self.first_wait_s * min(4.0 ** (number - 1), _LONGEST_STEP)

    def _sleep(self, name: str, fault: Fault, wait_s: float) -> None:
        told = " as the provider asks" if fault.wait_s is not None else ""
        log.warning("%s: %s; asking again in %.1f s%s", name, fault.message[:200], wait_s, told)
        self.say(f"waiting {_span(wait_s)} for {name}{told}")
        began, spread_s = time.monotonic(), random.uniform(0, min(wait_s / 4, 2))  # not all sessions at one moment
        try:
            while (left := began + wait_s + spread_s - time.monotonic()) > 0:
                self.stop.check()
                time.sleep(min(left, _POLL_S))
        finally:
            self.waited_s += time.monotonic() - began
            self.say("")


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds:.2g} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
