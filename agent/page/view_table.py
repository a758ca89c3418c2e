"""What the page shows of results: the table of runs, the controls, what others reported, the charts."""

from __future__ import annotations

from dataclasses import dataclass

from agent.results.verdicts.verdict import Tone


@dataclass(frozen=True, kw_only=True)
class ColumnView:
    """A metric, `folded` where the idea names others. `noise` is the half-width of the baseline's interval, or why there is none; empty where seeds are too few."""

    name: str
    better: str
    unit: str
    description: str
    primary: bool
    noise: str
    band: str = ""
    """The same for all looks made; empty where the page has no such row."""
    folded: bool = False
    here: str = ""
    """A control that the baseline is not better than beyond noise: `an untrained model scores 0.284 here`."""


@dataclass(frozen=True, kw_only=True)
class ControlView:
    """One control; its values in the order of the columns."""

    name: str
    title: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CellView:
    """One metric of one run."""

    value: str
    spread: str = ""
    delta: str = ""
    word: str = ""
    tone: Tone = "none"
    doubt: str = ""
    """The mark of a metric that does not tell the baseline from a control."""


@dataclass(frozen=True, kw_only=True)
class RowView:
    """One accepted run; `differences` are why it cannot be compared."""

    run: str
    title: str
    best: bool
    differences: tuple[str, ...]
    unmatched: str
    """`at l0 26.1 against the baseline's 16.0`, where comparisons are made elsewhere; else empty."""
    cells: tuple[CellView, ...]
    primary: CellView | None
    compute: str = ""
    """What it cost, short, for the table; `cost` says it whole."""
    cost: str = ""


@dataclass(frozen=True, kw_only=True)
class ConfirmedRow:
    """One metric of the candidate on fresh seeds: means ± standard deviations, the difference ± its interval's half-width."""

    metric: str
    better: str
    mine: str
    theirs: str
    difference: str
    word: str
    tone: Tone
    beside: tuple[str, ...] = ()
    """The runs that the plan holds against the candidate, each with its mean and how the two stand."""


@dataclass(frozen=True, kw_only=True)
class ConfirmedView:
    """What fresh seeds said; no rows where nothing was measured."""

    sentence: str
    run: str
    seeds: str
    rows: tuple[ConfirmedRow, ...]
    beside_failed: str = ""


@dataclass(frozen=True, kw_only=True)
class ReportedView:
    """What others reported, never beside what was measured; `rows` are (baseline, values by metric)."""

    source: str
    metrics: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Point:
    """One run in a chart, at x, y (pixels)."""

    run: str
    label: str
    title: str
    x: float
    y: float
    tone: Tone
    hollow: bool
    show_label: bool


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One metric by run, in pixels, `folded` as its column is; the band (top and height) is the baseline's noise, where known."""

    metric: str
    better: str
    summary: str
    width: int
    height: int
    left: int
    right: int
    points: tuple[Point, ...]
    ticks: tuple[tuple[float, str], ...]
    base_y: float
    band: tuple[float, float] | None
    folded: bool = True
    controls: tuple[tuple[float, str], ...] = ()
    """Height of each control's dashed line, and what it is; `far` are those that would squeeze the runs into one."""
    far: tuple[str, ...] = ()
