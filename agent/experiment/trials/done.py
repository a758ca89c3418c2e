"""What of one launch the journal holds already, so that a resumed session goes on where it was cut off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent.session.events import LaunchEnded, ScoringBegun, ScoringEnded

Record = Callable[[LaunchEnded | ScoringBegun | ScoringEnded], object]
"""Takes each step of a launch as soon as it is done, before anything else happens."""


def unrecorded(event: LaunchEnded | ScoringBegun | ScoringEnded) -> None:
    """For a trial that belongs to no session: nobody takes it up again."""


@dataclass(frozen=True)
class Done:
    """The steps that were done of a launch; none where it is yet to be made."""

    ended: LaunchEnded | None = None
    scoring: bool = False
    """Its evaluator was begun before: what it had finished lies in the folder of scores."""
    scored: ScoringEnded | None = None
    """The evaluator's end, where it has come and no machine was at fault."""
