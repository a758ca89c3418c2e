"""What of one launch the journal holds already, so that a resumed session goes on where it was cut off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from agent.session.events import LaunchEnded, ScoringBegun, ScoringEnded

FIXED_CHANGED = "fixed files changed"
"""Signature of scores that are not to be trusted, whatever they are."""
Scoring = Literal["new", "kept", "unheard"]
Record = Callable[[LaunchEnded | ScoringBegun | ScoringEnded], object]
"""Takes each step of a launch as soon as it is done, before anything else happens."""


def unrecorded(event: LaunchEnded | ScoringBegun | ScoringEnded) -> None:
    """For a trial that belongs to no session: nobody takes it up again."""


@dataclass(frozen=True)
class Done:
    """The steps that were done of a launch; none where it is yet to be made."""

    ended: LaunchEnded | None = None
    begun: int | None = None
    """Number of an attempt that was begun and whose end nobody heard of: its supervisor may have left word of it."""
    scoring: Scoring = "new"
    """Its evaluator: new, begins with an empty folder; kept, was begun before, and finds what it had finished; unheard, as
    kept, and nobody heard of its end: its supervisor may have left word of it."""
    scored: ScoringEnded | None = None
    """The evaluator's end, where it has come and no machine was at fault."""
