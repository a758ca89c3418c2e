"""The tries at one thing that a coder has: what failed last, and whether it had failed so before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from agent.session.events import Edited


class Failure(Protocol):
    """What came of a try that failed."""

    @property
    def signature(self) -> str:
        """Equal for two failures of the same kind."""
        ...


F = TypeVar("F", bound=Failure)


@dataclass(frozen=True)
class Tries(Generic[F]):
    """Where a coder stands before its next try; the first one follows nothing."""

    number: int = 1
    """Of the next try."""
    edited: Edited | None = None
    """What the last try changed."""
    failure: F | None = None
    """What came of it."""
    repeated: bool = False
    """That failure had come before."""
    seen: frozenset[str] = frozenset()
    """Signatures of every failure so far."""

    def failed(self, edited: Edited, failure: F) -> Tries[F]:
        """The tries after one more that failed."""
        repeated = failure.signature in self.seen
        return Tries(self.number + 1, edited, failure, repeated, self.seen | {failure.signature})

    @property
    def edits_miss(self) -> bool:
        """Whether the last edits found no place at all, or once more not all of theirs: another way to edit is due."""
        if self.edited is None:
            return False
        return self.edited.outcome == "unmatched" or (self.edited.left > 0 and self.repeated)
