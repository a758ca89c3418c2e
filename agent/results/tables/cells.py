"""What stands in the grid: a value of a run or of a control with its mark, and the rows of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from agent.results.controls import ControlResult
from agent.results.results import RunResult
from agent.results.values import Value, decimal, short
from agent.results.verdicts.verdict import Tone, Verdict, Word, digits_for
from agent.session.steps import ControlName, RunName
from agent.session.template.contract import Metric


@dataclass(frozen=True)
class Cell:
    """One metric of one run. `value` is None where it was not measured, `verdict` for the baseline, which is not judged."""

    run: RunResult
    name: str
    metric: Metric
    value: Value | None
    verdict: Verdict | None
    doubt: str = ""
    """MARK where the metric does not tell the baseline from a control."""
    unmatched: str = ""
    """The mark of matched.py where the run is not at what comparisons are made at."""

    @property
    def word(self) -> Word | Literal[""]:
        """The verdict in a word; empty for the baseline."""
        return self.verdict.word if self.verdict else ""

    @property
    def mark(self) -> str:
        """The verdict as one character, in brackets where one look alone bears it, and the marks of doubt; empty where nothing
        was measured."""
        return (self.verdict.mark if self.verdict else "") + self.doubts if self.value else ""

    @property
    def doubts(self) -> str:
        """The controls' mark, and that of a run that is not matched."""
        return self.doubt + self.unmatched

    @property
    def told(self) -> str:
        """The word as people read it: `better (one look)` where one look alone bears it; empty for the baseline."""
        return self.verdict.told if self.verdict else ""

    @property
    def tone(self) -> Tone:
        """How the word is coloured."""
        return self.verdict.tone if self.verdict else "none"

    @property
    def shown(self) -> str:
        """The mean with the metric's digits; `–` where an optional metric, `missing` where any other was not measured."""
        if self.value is None:
            return "–" if self.metric.optional else "missing"
        return decimal(self.value.mean, self.metric.digits)

    @property
    def short(self) -> str:
        """As `shown`, an enormous value by its powers of ten."""
        return short(self.value.mean, self.metric.digits) if self.value else self.shown

    @property
    def delta(self) -> str:
        """The signed difference from the baseline; empty for the baseline, and where a side was not measured."""
        if self.verdict is None or self.verdict.delta is None:
            return ""
        return short(self.verdict.delta, digits_for(self.verdict, self.metric), signed=True)

    @property
    def spread(self) -> str:
        """`± 0.0004 (n = 3)`; empty where nothing was repeated."""
        if self.value is None or self.value.spread is None or self.value.n < 2:
            return ""
        return f"± {short(self.value.spread, self.metric.digits)} (n = {self.value.n})"


@dataclass(frozen=True)
class ControlCell:
    """One metric of one control; `value` is None where it does not have it."""

    name: str
    metric: Metric
    value: Value | None

    @property
    def shown(self) -> str:
        """The mean with the metric's digits; `–` where it was not measured."""
        return decimal(self.value.mean, self.metric.digits) if self.value else "–"

    @property
    def short(self) -> str:
        """As `shown`, an enormous value by its powers of ten."""
        return short(self.value.mean, self.metric.digits) if self.value else self.shown


@dataclass(frozen=True)
class Row:
    """One run and its cells, in the order of the columns."""

    run: RunResult
    cells: tuple[Cell, ...]
    compute: str = ""
    """What it cost, short: `12 s CPU (1.9×)`."""
    unmatched: str = ""
    """`at l0 26.1 against the baseline's 16.0`, where comparisons are made elsewhere."""

    @property
    def name(self) -> RunName:
        return self.run.name

    @property
    def comparable(self) -> bool:
        return not self.run.differences

    def cell(self, metric: str) -> Cell | None:
        """The cell of a metric, None where the grid does not hold it."""
        return next((cell for cell in self.cells if cell.name == metric), None)


@dataclass(frozen=True)
class ControlRow:
    """One control and its cells, in the order of the columns."""

    control: ControlResult
    cells: tuple[ControlCell, ...]

    @property
    def name(self) -> ControlName:
        return self.control.name

    @property
    def title(self) -> str:
        return self.control.title
