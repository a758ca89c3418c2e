"""What fresh seeds said of the study's run_3: samples that hold, that were luck, that are worse."""

from __future__ import annotations

from dataclasses import replace

from agent.results.confirmation import Confirmation
from agent.results.results import Results
from agent.session.steps import RunName
from tests.world import study

EV = "explained_variance"
BASE = (0.8912, 0.8908, 0.8916)
HOLDS = (0.8971, 0.8975, 0.8967)
LUCKY = (0.8915, 0.8905, 0.8911)
WORSE = (0.8700, 0.8705, 0.8696)


def confirmation(mine: tuple[float, ...] = HOLDS, **other: object) -> Confirmation:
    """Of run_3 on explained variance, three fresh seeds a side; `other` fields replace these."""
    known = Confirmation(RunName("run_3"), "the best", EV, (EV,), (101, 102, 103), {EV: mine}, {EV: BASE})
    return replace(known, **other)  # type: ignore[arg-type]


def confirmed_and_not() -> Confirmation:
    """Of run_3: confirmed on explained variance, and on mse no more than seen in one run."""
    mine, theirs = {EV: HOLDS, "mse": (0.1085, 0.1095, 0.1089)}, {EV: BASE, "mse": (0.1088, 0.1092, 0.1084)}
    return Confirmation(RunName("run_3"), "the best", EV, (EV, "mse"), (101, 102, 103), mine, theirs)


def nobody(reason: str = "none was asked for") -> Confirmation:
    """No candidate."""
    return Confirmation(None, reason, metrics=(EV,))


def tried(known: Confirmation | None) -> Results:
    """The study's results with this confirmation."""
    return replace(study.results(), confirmation=known)
