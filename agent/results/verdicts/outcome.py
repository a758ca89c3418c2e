"""What two samples on fresh seeds say of a candidate, in one word with its numbers."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import Literal

from agent.results.confirmation import Confirmation
from agent.results.values import Value
from agent.results.verdicts.verdict import improves, is_shown_as_zero
from agent.results.verdicts.welch import welch
from agent.session.template.contract import Metric

Word = Literal["confirmed better", "confirmed worse", "not confirmed", "not tried"]


@dataclass(frozen=True)
class Outcome:
    """One metric of the candidate: the word, and what it stands on.

    `difference` is the candidate's mean less the baseline's, `noise` the half-width of its interval, 95% for all metrics of
    the idea together; both None where nothing was measured, `noise` also where no spread is known. `why`: what there is
    to say of a word that the numbers alone do not bear.
    """

    word: Word
    difference: float | None = None
    noise: float | None = None
    mine: Value | None = None
    theirs: Value | None = None
    why: str = ""

    @property
    def is_confirmed(self) -> bool:
        return self.word == "confirmed better"


def outcome(of: Confirmation | None, name: str, metric: Metric, looks: int | None = None) -> Outcome:
    """The candidate against the baseline on this metric, by the metric's own direction; `looks`: other than its metrics."""
    if of is None or not of.measured or name not in of.metrics:
        return Outcome("not tried", why=of.reason if of is not None and of.run is None else "")
    mine, theirs = of.candidate.get(name, ()), of.baseline.get(name, ())
    if of.failed or not mine or not theirs:
        return Outcome("not confirmed", why=of.failed[0] if of.failed else "not every seed has a value of it")
    found = welch(mine, theirs, of.looks if looks is None else looks)
    sides = Outcome("not confirmed", found.difference, found.half_width, _value(mine), _value(theirs))
    if found.half_width is None:
        return _why(sides, "all seeds gave the same, so its noise is not known")
    if metric.direction is None:
        return _why(sides, "which direction is better is unknown")
    if abs(found.difference) <= found.half_width or is_shown_as_zero(found.difference, metric):
        return sides
    word: Word = "confirmed better" if improves(found.difference, metric) else "confirmed worse"
    return Outcome(word, sides.difference, sides.noise, sides.mine, sides.theirs)


def _why(of: Outcome, why: str) -> Outcome:
    return Outcome(of.word, of.difference, of.noise, of.mine, of.theirs, why)


def _value(sample: tuple[float, ...]) -> Value:
    spread = statistics.stdev(sample) if len(sample) > 1 else None
    return Value(statistics.fmean(sample), spread, len(sample))
