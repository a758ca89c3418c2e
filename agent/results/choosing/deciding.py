"""Which of the idea's metrics can be decided with the seeds planned, and how many seeds it would take: said before the first run.

From the baseline's own noise, by the power of the two-sample t-test (`student.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from agent.results.results import Results
from agent.results.values import Value
from agent.results.verdicts.student import CONFIDENCE, detectable, freedom, seeds_for, two_sided
from agent.results.verdicts.verdict import gain
from agent.results.words import phrases
from agent.session.template.contract import Metric

PART = 0.1
"""A metric can be decided where a change by this part of the baseline's value is found four times in five; where its target is nearer, a
change that reaches that."""
_SIDES = (3, 5, 10)
_WHOLE = 10
"""Percent from which on no decimals are shown."""
_MOST = 1000
"""Seeds that nobody runs."""


@dataclass(frozen=True)
class Power:
    """What seeds can show of a metric. `decided` is None where nothing can be said of it."""

    metric: str
    decided: bool | None
    text: str
    """Whether it can be decided, and below what nothing shows; without the metric's name."""
    more: str = ""
    """What is found, and what more seeds would show."""

    def __str__(self) -> str:
        return f"{self.metric} {self.text}" + (f"; {self.more}" if self.more else "")

    @property
    def lines(self) -> tuple[str, ...]:
        """The same in lines that fit on a terminal."""
        return (f"{self.metric} {self.text}", *([f"{self.metric}: {self.more}"] if self.more else []))


def powers(results: Results, seeds: int = 1) -> tuple[Power, ...]:
    """A sentence for each metric that the idea names, the primary one first; `seeds` is how many each run has."""
    return tuple(_power(results, name, seeds) for name in results.looks.named)


def _power(results: Results, name: str, seeds: int) -> Power:
    value, kind = results.baseline.values.get(name), results.metrics[name]
    if value is None:
        return Power(name, None, "was not measured in the baseline, so no run can be judged by it")
    if results.is_exact(name):
        return Power(name, True, "can be decided: nothing is drawn at random, so that every difference is one")
    if results.noise(name) is None or not value.spread:
        why = f"since {phrases.SAME}" if results.all_same(name) else "since the baseline has one seed"
        return Power(name, None, f"cannot be judged: its noise is unknown, {why}")
    return _of(results, name, value, kind, seeds)


def _of(results: Results, name: str, value: Value, kind: Metric, seeds: int) -> Power:
    """What a metric with a known noise can show."""
    spread = value.spread or 0.0
    noise = two_sided(CONFIDENCE, freedom(seeds, value.n)) * spread * math.sqrt(1 / seeds + 1 / value.n)
    found = detectable(seeds, value.n) * spread
    wanted, what = _wanted(value, kind)
    decided = found <= wanted if wanted else None
    each = "one seed a run" if seeds == 1 else f"{seeds} seeds a run"
    can = {True: "can be decided with", False: "cannot be decided with", None: "has with"}[decided]
    text = (
        f"{can} {each}: noise ±{phrases.number(noise, kind)} on {phrases.number(value.mean, kind)}, so that no change below "
        f"{_size(noise, value, kind)} shows"
    )
    more = f"a change by {_size(found, value, kind)} is found four times in five"
    if not decided:
        shown = [_size(detectable(n, n) * spread, value, kind) for n in _SIDES]
        more += f", with {_SIDES[0]} seeds a side {shown[0]}, with {_SIDES[1]} {shown[1]}, with {_SIDES[2]} {shown[2]}"
    if wanted and not decided:
        enough = seeds_for(wanted / spread, _MOST)
        more += f"; {what} takes {f'more than {_MOST}' if enough is None else enough} seeds a side"
    return Power(name, decided, text, more + phrases.here_text(results, name))


def _wanted(value: Value, kind: Metric) -> tuple[float, str]:
    """The change that would matter, and how it is called; 0 where the baseline says none."""
    if kind.target is not None and kind.direction is not None:
        gap = gain(kind.target - value.mean, kind)
        if 0 < gap < PART * abs(value.mean):
            return gap, f"reaching {kind.target:g}"
    return PART * abs(value.mean), f"a change by {PART:.0%}"


def _size(change: float, value: Value, kind: Metric) -> str:
    """`58%` of the baseline's value; the change itself where that is 0, or far below it."""
    if abs(change) < 10 * abs(value.mean):
        percent = 100 * change / abs(value.mean)
        return f"{percent:.0f}%" if percent >= _WHOLE else f"{percent:.2g}%"
    return phrases.size_text(change, kind)
