"""The tries at one thing that a coder has: what failed last, and whether it had failed so before."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
class Failed(Generic[F]):
    """A try that failed."""

    edited: Edited
    """What it changed."""
    failure: F
    """What came of it."""


@dataclass(frozen=True)
class Tries(Generic[F]):
    """Where a coder stands before its next try; the first one follows nothing."""

    limit: int
    """How many there are."""
    number: int = 1
    """Of the next try."""
    last: Failed[F] | None = None
    """The try before it."""
    repeated: bool = False
    """That one failed as an earlier one had."""
    seen: frozenset[str] = frozenset()
    """Signatures of every failure so far."""

    @property
    def left(self) -> bool:
        """Whether there is a next one."""
        return self.number <= self.limit

    def failed(self, edited: Edited, failure: F) -> Tries[F]:
        """The tries after one more that failed."""
        return replace(
            self,
            number=self.number + 1,
            last=Failed(edited, failure),
            repeated=failure.signature in self.seen,
            seen=self.seen | {failure.signature},
        )

    @property
    def idle(self) -> bool:
        """Whether nothing was edited yet: the coder may still say that it is done."""
        return self.last is None or self.last.edited.outcome == "no_edit"

    def asked_anew(self) -> Tries[F]:
        """The tries after a turn that costs none: the same is asked with another question."""
        return replace(self, number=self.number + 1, limit=self.limit + 1, last=None)

    @property
    def edits_miss(self) -> bool:
        """Whether the last edits found no place at all, or once more not all of theirs: another way to edit is due."""
        if self.last is None:
            return False
        edited = self.last.edited
        return edited.outcome == "unmatched" or bool(edited.unread) or (self.last.edited.left > 0 and self.repeated)
