"""What an eval found: metrics with their spread over repeats, and details that figures are drawn from."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from harness.errors import CacheError, HarnessError, OutDirError, ProgramError
from harness.evaluation.submitted.submission import SubmissionError


@dataclass(frozen=True)
class Value:
    """A metric: its mean over n repeats of the evaluation, and their standard deviation (None where n is 1)."""

    mean: float
    spread: float | None
    n: int


@dataclass(frozen=True)
class Found:
    """The metrics by name, and everything else that one eval has to say (`details`)."""

    metrics: dict[str, Value]
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of one eval: what it found, or why it found nothing."""

    name: str
    seconds: float
    found: Found | None = None
    error: Exception | None = None

    @property
    def ends_all(self) -> bool:
        """Whether its error says that no eval can score this SAE here: the SAE itself is at fault, or the machine.

        Any other (a language model that does not spell, too little memory, a fault of sae-bench's) loses this eval alone.
        """
        return isinstance(self.error, SubmissionError | ProgramError | CacheError | OutDirError | OSError | MemoryError)


@dataclass(frozen=True)
class Scores:
    """What the evaluator writes: `metrics` by name, and `details` (what figures are drawn from, seconds, sizes).

    `failed`: by the name of an eval, why it has no score; `made`: by the name of any other, which metrics and details are its.
    """

    metrics: dict[str, Value]
    details: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    made: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The evaluator's file, format 1."""
        return {
            "format": 1,
            "metrics": {name: asdict(value) for name, value in self.metrics.items()},
            "details": self.details,
            **({"failed": self.failed} if self.failed else {}),
        }


def together(outcomes: Sequence[Outcome], about: Mapping[str, Any]) -> Scores:
    """The metrics and details of all, those of `about` too. Raises the first error where it ends all, or none has a score."""
    for each in outcomes:
        if each.error is not None and (each.ends_all or not any(other.found for other in outcomes)):
            raise each.error
    metrics: dict[str, Value] = {}
    details: dict[str, Any] = {}
    found = {each.name: each.found for each in outcomes if each.found is not None}
    undefined: dict[str, str] = {}  # why a metric is absent, of all evals
    for each_found in found.values():
        metrics |= each_found.metrics
        undefined |= each_found.details.get("undefined", {})
        details |= each_found.details
    if undefined:
        details["undefined"] = undefined
    return Scores(
        metrics,
        {**details, "seconds": {each.name: each.seconds for each in outcomes}, **about},
        {each.name: in_one_line(each.error) for each in outcomes if each.error is not None},
        {name: {"metrics": [*each.metrics], "details": [*each.details]} for name, each in found.items()},
    )


def in_one_line(error: Exception) -> str:
    """What an error says; of one that is not the harness' own, its kind too."""
    said = " ".join(str(error).split())
    return said if isinstance(error, HarnessError) else f"{type(error).__name__}: {said}"


def over_repeats(repeats: Sequence[Mapping[str, float]]) -> dict[str, Value]:
    """Mean and sample standard deviation of each metric over repeats that report the same metrics."""
    found = {}
    for name in repeats[0]:
        values = [scores[name] for scores in repeats]
        spread = statistics.stdev(values) if len(values) > 1 else None
        found[name] = Value(statistics.fmean(values), spread, len(values))
    return found
