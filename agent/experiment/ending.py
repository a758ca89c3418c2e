"""What came of a launch: the outcome, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.errors import CheckFailed, EnvironmentBroken
from agent.session.events import AttemptEnded, AttemptOutcome
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


def must_have_worked(ended: AttemptEnded, folder: Path, short: str, whole: str, remedy: str) -> None:
    """Raises EnvironmentBroken, or CheckFailed, where what the template itself brings ended badly in `folder`.

    `short` and `whole` name it, the second with its template.
    """
    if ended.outcome == "environment":
        raise EnvironmentBroken(f"{short} cannot run: {ended.reason}; mend it, then --resume")
    if ended.outcome == "timed_out":
        remedy = "--timeout gives a launch more time, or give the machine less to do; then --resume"
    if ended.outcome != "ok":
        raise CheckFailed(
            f"{whole} does not work ({ended.outcome}): {ended.reason}; its logs lie in {folder}; {remedy}"
        )
