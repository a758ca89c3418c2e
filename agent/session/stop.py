"""The one way to ask whether the work must stop: made once, handed down, asked by whoever begins a step or waits."""

from __future__ import annotations

from agent.errors import Interrupted


class Stop:
    """Whether a stop was requested, and why. The journal asks before each new step, whoever waits asks while waiting."""

    def __init__(self) -> None:
        self._reason: str | None = None

    def request(self, reason: str) -> None:
        """From now on nothing new is begun. A later reason replaces an earlier one."""
        self._reason = reason

    def why(self) -> str | None:
        """Why nothing new may be begun, or None."""
        return self._reason

    def check(self) -> None:
        """Raises Interrupted with the reason where a stop was requested."""
        if reason := self.why():
            raise Interrupted(reason)
