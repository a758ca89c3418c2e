"""The journal's events of the confirmation: whom it is about, that its split was opened, what it measured."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from agent.session.cost import Cost
from agent.session.journal import BaseEvent
from agent.session.steps import RunName


class CandidateChosen(BaseEvent):
    """After the last run, before the figures: whose result is launched again on fresh seeds, or that nobody's is."""

    kind: Literal["candidate"] = "candidate"
    run: RunName | None = None
    """The candidate; None where there is none."""
    metric: str = ""
    """The metric by which it is the best of those that could be."""
    metrics: list[str] = Field(default_factory=list)
    """What may be claimed of it: the idea's metrics that the template scores on the split; all of them count as looks."""
    asked: str = "auto"
    """What the setting `confirm` said: auto, none or a run."""
    reason: str = ""
    """Why this one, or why none, in a line."""
    beside: list[RunName] = Field(default_factory=list)
    """Runs that the plan holds against the candidate (its control, the parent that it names): launched on the same seeds."""


class ConfirmationOpened(BaseEvent):
    """From here on the split that the search never touched has been read: it is opened once, for one candidate."""

    kind: Literal["confirmation_opened"] = "confirmation_opened"
    run: RunName
    """The candidate."""
    seeds: list[int]
    """The fresh seeds, for the candidate and for the baseline."""
    metrics: list[str]
    """What is scored."""
    evaluator: list[str] = Field(default_factory=list)
    """The command that scores, as it was filled in."""
    beside: list[RunName] = Field(default_factory=list)
    """Which runs are launched beside the two."""


class Confirmed(BaseEvent):
    """Both samples of the confirmation. What they say is computed from them, here as everywhere."""

    kind: Literal["confirmed"] = "confirmed"
    run: RunName
    """The candidate."""
    seeds: list[int]
    """The fresh seeds, in the order of the values."""
    candidate: dict[str, list[float]] = Field(default_factory=dict)
    """By metric: the candidate's value for each seed; only metrics that every seed has."""
    baseline: dict[str, list[float]] = Field(default_factory=dict)
    """The same of the baseline."""
    failed: list[str] = Field(default_factory=list)
    """What did not end well, a line each: then nothing is confirmed, since seeds must not be chosen by how they end."""
    beside: dict[RunName, dict[str, list[float]]] = Field(default_factory=dict)
    """By run that was launched beside the two, and metric: its value for each seed. Not there where a seed did not end well."""
    beside_failed: list[str] = Field(default_factory=list)
    """Why a run beside the two has no values, a line each; the candidate and the baseline are judged without it."""

    matched: dict[RunName, dict[str, list[float]]] = Field(default_factory=dict)
    """By run, the baseline among them, and metric that comparisons are made at: its value for each seed. Not claimed, so no look."""

    costs: dict[RunName, list[Cost]] = Field(default_factory=dict)
    """By run, the baseline among them: what each of its launches on fresh seeds cost; only where every one was measured."""

    frontiers: dict[RunName, dict[str, Any]] = Field(default_factory=dict)
    """By run that is a sweep, the baseline among them: its points over all fresh seeds, as the details of a result hold them."""

    def as_file(self) -> dict[str, Any]:
        """What `confirmation.json` holds; as before where nothing was launched beside the two."""
        told = self.model_dump(mode="json", exclude={"kind", "seq", "step", "matched", "costs", "frontiers"})
        return {name: value for name, value in told.items() if value or not name.startswith("beside")}
