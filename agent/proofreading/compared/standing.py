"""Whether words are printed as things stand: those of a passage whose condition does not hold claim nothing of today's results."""

from __future__ import annotations

from agent.evidence.condition import Condition
from agent.evidence.evidence import Evidence
from agent.evidence.holds import holds


def all_hold(given: tuple[Condition, ...], evidence: Evidence) -> bool:
    """Whether all conditions hold; True where there are none."""
    return all(holds(condition, evidence.results, evidence.registration) for condition in given)
