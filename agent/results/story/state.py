"""How a session stands, in one word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

StateWord = Literal["done", "findings", "no_runs", "paused", "interrupted", "failed", "running", "unfinished"]

ENDS: Mapping[StateWord, str] = {
    "done": "done",
    "findings": "done, with findings",
    "no_runs": "ended without an accepted run",
    "paused": "paused",
    "interrupted": "interrupted",
    "failed": "failed",
    "running": "running",
    "unfinished": "unfinished",
}
"""Each word as people read it, on the page and on the terminal."""
OVER: frozenset[str] = frozenset(("done", "findings", "no_runs"))
"""States of a session that came to its end for good: nothing takes it up again by itself."""


@dataclass(frozen=True)
class State:
    """How a session stands: how it ended; else `running` where someone holds it, `unfinished` where nobody does."""

    word: StateWord
    reason: str = ""

    @property
    def shown(self) -> str:
        """The word as people read it."""
        return ENDS[self.word]

    @property
    def has_ended(self) -> bool:
        """Whether it came to an end, for good or for now."""
        return self.word not in ("running", "unfinished")
