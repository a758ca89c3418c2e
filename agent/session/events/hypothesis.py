"""Events of what a session registered beforehand: hypotheses, their outcomes, planned runs that were not made."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from agent.session.journal import BaseEvent
from agent.session.steps import RunName

Relation = Literal["better than", "worse than", "not worse than", "within noise of"]
OutcomeWord = Literal["held", "not held", "undecided within noise", "not tested"]


class _Recorded(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Hypothesis(_Recorded):
    """What is claimed of a run before any run is made: `H1: loss of run_1 better than baseline`."""

    name: str
    """H1, H2, …"""
    metric: str
    """The metric on which the two are compared."""
    run: RunName
    """Of which run it speaks."""
    relation: Relation
    """How that is to stand to the other."""
    against: RunName
    """run_0 is the baseline."""
    margin: float | None = None
    """How much worse (`not worse than`), or how far apart (`within noise of`), is allowed; None where noise alone decides."""

    def __str__(self) -> str:
        against = "baseline" if self.against.is_baseline else str(self.against)
        return f"{self.name}: {self.metric} of {self.run} {self.stands_to(against)}"

    @property
    def size(self) -> str:
        """The margin as it is written."""
        return "" if self.margin is None else f"{self.margin:.12g}"

    def stands_to(self, against: str) -> str:
        """`better than baseline`, `not worse than baseline by more than 0.01`, `within 0.01 of baseline`."""
        if self.margin is None:
            return f"{self.relation} {against}"
        if self.relation == "within noise of":
            return f"within {self.size} of {against}"
        return f"{self.relation} {against} by more than {self.size}"


class Registered(BaseEvent):
    """The hypotheses of the plan, recorded before the first run."""

    kind: Literal["registered"] = "registered"
    hypotheses: list[Hypothesis] = []
    """In the order of the plan."""
    sha256: str = ""
    """Of their lines (`registered_sha256`): whoever has it can tell later that none was changed."""
    unread: list[str] = []
    """Why a line of the plan that begins as a hypothesis is none, where the writer did not put it right."""


class Outcome(_Recorded):
    """What came of a hypothesis."""

    name: str
    """Of which one."""
    outcome: OutcomeWord
    """In a word."""
    words: str
    """The same with its numbers, or with the reason."""


class LeftOut(_Recorded):
    """A run of the plan that was never accepted."""

    run: RunName
    """Its number in the plan."""
    title: str
    """Its line there."""
    reason: str
    """Why there is none."""


class HypothesesJudged(BaseEvent):
    """What came of the hypotheses, and which planned runs were not made; computed once, when the last run was over."""

    kind: Literal["hypotheses_judged"] = "hypotheses_judged"
    outcomes: list[Outcome] = []
    """One a hypothesis."""
    left_out: list[LeftOut] = []
    """Planned runs without a result, in order."""
    words: int = 0
    """Version of the tool's own words in it (`WORDS` in results/words/phrases.py)."""


def registered_sha256(hypotheses: Iterable[Hypothesis]) -> str:
    """sha256 of the hypotheses, a line each, in UTF-8."""
    return hashlib.sha256("".join(f"{each}\n" for each in hypotheses).encode()).hexdigest()
