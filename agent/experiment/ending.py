"""What came of a launch: the outcome, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agent.session.events import AttemptOutcome
from agent.session.run_info import RunInfo


@dataclass(frozen=True)
class Ending:
    """What came of a launch; the fields of AttemptEnded that say so."""

    outcome: AttemptOutcome
    reason: str = ""
    cause: str = ""
    signature: str = ""
    score_seconds: float = 0.0
    results: RunInfo = field(default_factory=RunInfo)


def because(outcome: AttemptOutcome, reason: str) -> Ending:
    """An ending of which the reason is all that there is to say."""
    return Ending(outcome, reason, reason, f"{outcome}|{reason[:120]}")


def unproven(missing: Sequence[str]) -> Ending:
    """An ending for want of these proofs."""
    return replace(because("not_proven", missing[0]), cause="\n".join(f"- {reason}" for reason in missing))
