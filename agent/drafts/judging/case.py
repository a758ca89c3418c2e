"""A number of a draft on trial: what it says, what it may stand on, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Literal

from agent.drafts.naming.context import Context, Names
from agent.drafts.records.pool import Found, Values, intervals
from agent.drafts.records.runs import Key
from agent.drafts.text.numerals import Numeral
from agent.drafts.text.units import Unit, scales, unit_after, unit_of_path

Status = Literal["supported", "derived", "setting", "misattributed", "spread_without_seeds", "unsupported"]
FINDINGS = frozenset({"misattributed", "spread_without_seeds", "unsupported"})


@dataclass(frozen=True)
class Ruling:
    """A status with its evidence and its reason. `None` as status: the number claims nothing."""

    status: Status | None
    evidence: str = ""
    reason: str = ""
    runs: tuple[str, ...] = ()
    """Runs that the number rests on."""


def computed(formula: str, runs: tuple[str, ...]) -> Ruling:
    """The ruling on a number that a formula over supported values of these runs comes to."""
    return Ruling("derived", formula, "computed from supported values", runs)


_MULTIPLES = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9}
_A_RATE = re.compile(r"per_?(?:s|secs?|seconds?)$|_ps$", re.IGNORECASE)
_IN_MILLIONS = re.compile(r"(?:^|_)(?:[mkb]|millions?|thousands?|billions?)$", re.IGNORECASE)
CHANGED = "change by"
"""What the words of a cell say that is printed as a change."""
LEFT_OUT = Ruling(None)


@dataclass(frozen=True, kw_only=True)
class Case:
    """One number, with the folder that it is held against."""

    number: Numeral
    text: str
    """The sentence, or the cell."""
    context: Context
    names: Names
    values: Values
    in_table: bool = False
    percents: bool = False
    """Values around it are printed as percentages."""
    nearby: list[Found] = field(default_factory=list)
    cited: bool = False
    averaged: bool = False
    """It is printed as the mean over the columns before it."""
    over_cells: float | None = None
    """The mean of what is printed there."""
    of_cells: str = ""
    """How other cells of its table come to what it says; empty where they do not."""
    scale: float = 1.0
    """What it is to be multiplied with, by its headers."""
    spread: bool = False
    """It is printed as the spread of the number before it."""
    unit: Unit | None = None
    """Its unit, where its headers give one."""
    caption: str = ""
    """Of its table."""
    of: tuple[tuple[str, Key], ...] = ()
    """Of a spread behind a mean: the runs and metrics whose value that mean is."""

    @cached_property
    def hits(self) -> list[Found]:
        """Measured values that the number rounds, whatever they are of."""
        found: list[Found] = []
        unit = unit_after(self.text, self.number.end) or self.unit
        for low, high, how in intervals(self.number, self.percents):
            # a scale is often said of other columns of its table, and `(K)` is a unit, too
            for said, (unit_scale, kept) in product(sorted({self.scale, 1.0}), scales(unit)):
                scale = unit_scale * said
                kept_so = self._kept_in_millions(low, high)
                for one in (*self.values.measured.between(low * scale, high * scale), *kept_so):
                    own = unit_of_path(one.key.path) if unit else None
                    right = own == kept or (own is None and (unit_scale == 1.0 or self._is_kept_plainly(one, kept)))
                    if right and (how != "as percent" or self._is_percent(one)):
                        found.append(one)
        return found

    def _is_kept_plainly(self, one: Found, kept: Unit | None) -> bool:
        """Whether a metric whose name says no unit may be kept in seconds or bytes: a `latency` of 0.00387 is 3.87 ms."""
        plain = kept is not None and kept.size == 1.0 and self.number.digits > 1
        return plain and bool(self.context.metrics) and self.fits(one) and not _A_RATE.search(one.key.path[-1])

    def _kept_in_millions(self, low: float, high: float) -> Iterator[Found]:
        """`109.5M parameters`, and `109.5` under `(millions)`, of a metric that is kept so by its name: `params_m`."""
        multiple = _MULTIPLES.get(self.number.suffix, 1.0)
        if multiple == self.scale == 1.0:
            return
        for one in self.values.measured.between(low / multiple, high / multiple):
            if _IN_MILLIONS.search(one.key.path[-1]):
                yield one

    def in_millions(self) -> Iterator[Numeral]:
        """The number as a metric has it that is kept in millions: the 0.6 of `0.6M parameters`."""
        multiple = _MULTIPLES.get(self.number.suffix, 1.0)
        if (
            multiple > 1
            and self.context.metrics
            and all(_IN_MILLIONS.search(key.path[-1]) for key in self.context.metrics)
        ):
            yield replace(self.number, value=self.number.value / multiple, half=self.number.half / multiple)

    def in_kept_units(self) -> Iterator[Numeral]:
        """The number in the units in which its metrics are kept: `1.2 minutes more` of a time in seconds."""
        unit = unit_after(self.text, self.number.end) or self.unit
        kept = {
            own.size
            for key in self.context.metrics
            if unit and (own := unit_of_path(key.path)) and own.kind == unit.kind
        }
        for size in sorted(kept) if unit else ():
            scale = unit.size / size if unit else 1.0
            if scale != 1.0:
                yield replace(self.number, value=self.number.value * scale, half=self.number.half * scale)

    @cached_property
    def chance(self) -> float:
        """How many values would fit the number by chance."""
        scale = 100 if self.number.percent else 1
        return self.values.measured.chance(self.number.value / scale, self.number.half / scale)

    @property
    def telling(self) -> bool:
        """Whether a value that fits is hardly one by chance."""
        return (self.number.digits >= 3 and self.chance < 3) or (self.number.digits >= 2 and self.chance < 0.3)

    def fits(self, one: Found) -> bool:
        """Whether a value is of a metric and a run that the number must be of."""
        return self.of_metric(one) and self.of_run(one)

    @cached_property
    def is_measured(self) -> bool:
        """Whether it is a value of a metric and a run that it must be of, and no mere spread."""
        return any(one.role != "spread" and self.fits(one) for one in self.hits)

    @property
    def is_mean_of_cells(self) -> bool:
        """Whether it is the mean of what is printed in the cells before it."""
        return self.over_cells is not None and abs(self.over_cells - self.number.value) <= 2 * self.number.half

    def of_metric(self, one: Found) -> bool:
        return not self.context.metrics or one.key in self.context.metrics

    def of_run(self, one: Found) -> bool:
        return not self.context.runs or one.run in self.context.runs

    def _is_percent(self, one: Found) -> bool:
        """Whether a metric is kept in percent: by its name, or because it exceeds what a fraction can be."""
        said = any(word in one.key.name.lower() for word in ("percent", "pct"))
        if unit_of_path(one.key.path) or _A_RATE.search(one.key.path[-1]):
            return False
        known = self.values.central.get(one.key, {})
        return said or any(abs(each.value) > 1.5 for each in known.values()) or abs(one.value) > 1.5
