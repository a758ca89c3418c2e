"""All values that a draft may speak of, found by what they round to: measured, computed over seeds, set."""

from __future__ import annotations

import math
import re
import statistics
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from agent.drafts.records.path_names import slot
from agent.drafts.records.runs import Key, Quantity, Records
from agent.drafts.text.numerals import Numeral
from agent.drafts.text.units import unit_of_path
from agent.results.verdicts.student import two_sided

_ACCURACY = re.compile(r"(?:^|_)(?:acc|accuracy|correct|success(?:_rate)?|exact_match|em)(?:_|$)", re.IGNORECASE)
_EDGE = 1 + 1e-6


@dataclass(frozen=True)
class Found:
    """A value that a printed number rounds."""

    run: str
    key: Key
    role: str
    value: float
    shown: str
    printed: float | None = None
    """As the sentence prints it; people compute with that."""
    place: str = ""
    """The path within its file."""
    formula: str = ""
    """How it was computed; empty for a value that stands in a file."""


def is_row(place: str) -> bool:
    """Whether a value stands in a row of a list, such as one of a log."""
    return any(part.isdigit() or part == "last" for part in place.split("."))


class Pool:
    """Found values, sorted; a printed number is looked up by the interval that it stands for."""

    def __init__(self, values: Iterable[Found]) -> None:
        self._sorted = sorted(values, key=lambda one: one.value)
        self._keys = [one.value for one in self._sorted]

    def between(self, low: float, high: float) -> Sequence[Found]:
        return self._sorted[bisect_left(self._keys, low) : bisect_right(self._keys, high)]

    def chance(self, value: float, half: float) -> float:
        """How many values one would expect by chance within `half` of `value`, from how dense they lie around it."""
        low, high = sorted((0.7 * value, 1.4 * value))
        around = len(self.between(low, high))
        return around * min(1.0, 2 * half / ((high - low) or 1.0))


@dataclass(frozen=True)
class Values:
    """The pools of a folder."""

    records: Records

    @cached_property
    def measured(self) -> Pool:
        return Pool([*map(_found, self.records.measured), *self.computed])

    @cached_property
    def settings(self) -> Pool:
        return Pool(map(_found, self.records.configured))

    @cached_property
    def repeats(self) -> dict[tuple[str, Key], list[float]]:
        """What was measured once a seed: in a list, or in files of one run that hold the same."""
        found: dict[tuple[str, Key], list[float]] = {}
        for one in self.records.series:
            found[one.run, one.key] = list(one.values)
        for (run, key, _), values in self._files.items():
            if len(values) > 1 and len(values) > len(found.get((run, key), [])):
                found[run, key] = list(values.values())
        moving = {(run, len(values)) for (run, _), values in found.items() if len(set(values)) > 1}
        return {  # what is the same for all seeds is a repeat where anything of its run is not
            (run, key): values for (run, key), values in found.items() if (run, len(values)) in moving
        }

    @cached_property
    def _files(self) -> dict[tuple[str, Key, str], dict[str, float]]:
        """Run, metric and slot → what each file there says; of a log its last row."""
        files: dict[tuple[str, Key, str], dict[str, float]] = {}
        slots = {(each.run, each.file): slot(each.file, each.run) for each in self.records.measured}
        for each in self.records.measured:
            if each.role == "value" and "[" not in each.place:
                told = files.setdefault((each.run, each.key, slots[each.run, each.file]), {})
                told[each.file] = each.value if is_row(each.place) else told.get(each.file, each.value)
        return files

    @cached_property
    def stated(self) -> frozenset[tuple[str, Key, float]]:
        """What one file says of a run as a whole, beside those that repeat each other."""
        once = {
            (run, key, next(iter(told))): value
            for (run, key, _), told in self._files.items()
            if len(told) == 1
            for value in told.values()
        }
        rows = {(one.run, one.key, one.file) for one in self.records.measured if is_row(one.place) or "[" in one.place}
        return frozenset((run, key, value) for (run, key, file), value in once.items() if (run, key, file) not in rows)

    @cached_property
    def computed(self) -> list[Found]:
        """Means and spreads over seeds."""
        return [one for (run, key), values in self.repeats.items() for one in _over_seeds(run, key, values)]

    @cached_property
    def central(self) -> dict[Key, dict[str, Found]]:
        """Metric → run → its value: the one that stands in a file, else the mean over seeds."""
        found: dict[Key, dict[str, Found]] = {}
        single = [one for one in self.records.measured if one.role == "value" and "[" not in one.place]
        rows = [one for one in single if is_row(one.place)]
        for one in (*(one for one in single if not is_row(one.place)), *reversed(rows)):  # of a log the last row
            if len(set(self.repeats.get((one.run, one.key), []))) < 2:
                found.setdefault(one.key, {}).setdefault(one.run, _found(one))
        lists = {(one.run, one.key) for one in self.records.series}
        for one in self.records.measured:  # a mean that stands beside the list of its seeds
            listed = len(self.repeats.get((one.run, one.key), [])) < 2 or (one.run, one.key) in lists
            if one.role == "value" and "[" not in one.place and listed and says_mean(one.place, one.key):
                found.setdefault(one.key, {}).setdefault(one.run, _found(one))
        for each in self.computed:
            if each.formula.startswith("mean"):
                found.setdefault(each.key, {}).setdefault(each.run, each)
        return found

    def seeds(self, run: str, key: Key) -> int:
        """How many repeats a value stands on; 1 where nothing says more."""
        return max(len(self.repeats.get((run, key), [])), 1)

    @cached_property
    def accuracies(self) -> frozenset[Key]:
        """The metrics that are shares of what is right, by their names: what an error rate is the rest of."""
        return frozenset(key for key in self.central if _ACCURACY.search(key.path[-1]))

    @cached_property
    def shares(self) -> frozenset[Key]:
        """The metrics of which every value is between 0 and 1, whose printed numbers beyond 1 are percentages, with or without a sign."""
        return frozenset(
            key
            for key, known in self.central.items()
            if whole_of(one.value for one in known.values()) == 1.0 and unit_of_path(key.path) is None
        )

    @cached_property
    def counts(self) -> dict[str, set[int]]:
        """Run → how often it was repeated, as its files state or as many as there are; once where nothing says more."""
        found: dict[str, set[int]] = {run.name: set() for run in self.records.runs}
        for one in self.records.measured:
            if one.role == "count":
                found[one.run].add(int(one.value))
        for (run, _), values in self.repeats.items():
            found[run].add(len(values))
        return {
            run: counts - {1} if max(counts, default=1) > 1 and counts - {1} else {1} for run, counts in found.items()
        }

    @cached_property
    def spreads(self) -> list[Found]:
        """Every spread, recorded or computed."""
        recorded = [_found(one) for one in self.records.measured if one.role == "spread"]
        return [*recorded, *(one for one in self.computed if one.role == "spread")]

    @property
    def repeated(self) -> bool:
        """Whether anything in the folder was done more than once."""
        return bool(self.spreads) or any(max(counts) > 1 for counts in self.counts.values())


def says_mean(place: str, key: Key) -> bool:
    """Whether a value's place says that it is a mean over repeats: `means.acc`, and not `mean_return`, which is its name."""
    return "mean" in place.lower() and "mean" not in key.name.lower()


def _found(one: Quantity) -> Found:
    return Found(run=one.run, key=one.key, role=one.role, value=one.value, shown=one.shown, place=one.place)


def _over_seeds(run: str, key: Key, values: list[float]) -> Iterator[Found]:
    n = len(values)
    deviation = statistics.stdev(values)
    told = {
        f"mean of {n} seeds": statistics.fmean(values),
        f"standard deviation of {n} seeds": deviation,
        f"standard deviation of {n} seeds (divided by n)": statistics.pstdev(values),
        f"standard error of {n} seeds": deviation / math.sqrt(n),
        f"95% interval of {n} seeds (1.96 standard errors)": 1.96 * deviation / math.sqrt(n),
        f"95% interval of {n} seeds (Student's t)": two_sided(0.95, n - 1) * deviation / math.sqrt(n),
        f"range of {n} seeds": max(values) - min(values),
    }
    for formula, value in told.items():
        role = "value" if formula.startswith("mean") else "spread"
        if role == "value" and not deviation:
            continue  # the same in all seeds is what a file says
        shown = f"{run}: {formula} of {key.name} = {value:.6g}"
        yield Found(run=run, key=key, role=role, value=value, shown=shown, formula=formula)


def intervals(number: Numeral, percents: bool) -> Iterator[tuple[float, float, str]]:
    """From, to and in which unit a printed number may be a value; `percents`: values around it are printed as such."""
    half = number.half * _EDGE
    if number.percent:
        yield (number.value - half) / 100, (number.value + half) / 100, "%"
        yield number.value - half, number.value + half, "as percent"
    else:
        yield number.value - half, number.value + half, ""
        if percents:
            yield (number.value - half) / 100, (number.value + half) / 100, "%"


def whole_of(values: Iterable[float]) -> float:
    """1 for shares, 100 for percentages, 0 for what is no part of a whole."""
    known = list(values)
    if not known or min(known) < 0 or max(known) > 100:
        return 0.0
    return 1.0 if max(known) <= 1 else 100.0 if min(known) > 1 else 0.0
