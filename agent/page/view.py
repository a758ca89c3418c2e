"""What the page shows, as frozen values: every number is a string already, nothing is looked up while rendering.

A `tone` picks the colour and the mark: good, bad, flat, busy or none. The words always say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "bad", "flat", "busy", "none"]


@dataclass(frozen=True)
class Link:
    """`href` is relative to the page."""

    text: str
    href: str


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class State:
    """How the session stands."""

    word: str
    tone: Tone
    sentence: str


@dataclass(frozen=True)
class Share:
    """A part of the session's time; `percent` of the whole."""

    label: str
    value: str
    start: float
    percent: float


@dataclass(frozen=True)
class Column:
    """A metric. `noise` is the half-width of the baseline's interval, as text."""

    name: str
    better: str
    unit: str
    description: str
    primary: bool
    noise: str


@dataclass(frozen=True)
class Cell:
    """One metric of one run."""

    value: str
    spread: str
    delta: str
    word: str
    tone: Tone


@dataclass(frozen=True)
class Row:
    """One accepted run; `differences` are why it cannot be compared."""

    run: str
    title: str
    best: bool
    differences: tuple[str, ...]
    cells: tuple[Cell, ...]
    primary: Cell | None


@dataclass(frozen=True)
class ReportedView:
    """What others reported, never beside what was measured; `rows` are (baseline, values by metric)."""

    source: str
    metrics: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Chart:
    """One metric by run, in pixels; the band is the baseline's noise."""

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
    """Top and height."""


@dataclass(frozen=True)
class Image:
    """A figure; `src` is empty where it cannot be shown, `note` says why."""

    name: str
    src: str
    links: tuple[Link, ...]
    note: str = ""


@dataclass(frozen=True)
class DiffLine:
    """`kind` is add, del, hunk, file or same."""

    kind: str
    text: str


@dataclass(frozen=True)
class Log:
    name: str
    text: str
    href: str
    note: str = ""


@dataclass(frozen=True)
class AttemptView:
    """One launch, or the reason that there was none."""

    name: str
    outcome: str
    tone: Tone
    facts: tuple[Fact, ...]
    reason: str
    cause: str
    repeated: bool
    logs: tuple[Log, ...]
    code: tuple[Link, ...]


@dataclass(frozen=True)
class TurnView:
    """One turn of the coder and what came of it; either half may be missing."""

    step: str
    outcome: str
    tone: Tone
    sentence: str
    diff: tuple[DiffLine, ...]
    reply: str
    attempt: AttemptView | None
    given_up: str = ""


@dataclass(frozen=True)
class RunView:
    """Everything about one run."""

    name: str
    title: str
    state: str
    tone: Tone
    row: Row | None
    diff: tuple[DiffLine, ...]
    remark: str
    note: str
    advice: str
    images: tuple[Image, ...]
    code: tuple[Link, ...]
    turns: tuple[TurnView, ...]


@dataclass(frozen=True)
class Finding:
    where: str
    what: str
    why: str


@dataclass(frozen=True)
class SectionView:
    name: str
    phases: str
    source: str
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Paper:
    """`link` is None where no PDF lies in the session."""

    title: str
    link: Link | None
    sentence: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    sections: tuple[SectionView, ...]
    citations: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """`sentence` says whether it ran and how it ended."""

    sentence: str
    tone: Tone
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class ExchangeView:
    """One model call; `messages` are (role, text)."""

    number: int
    role: str
    step: str
    model: str
    facts: str
    messages: tuple[tuple[str, str], ...]
    reply: str
    note: str


@dataclass(frozen=True)
class Moment:
    """One event."""

    time: str
    since: str
    kind: str
    step: str
    text: str
    tone: Tone


@dataclass(frozen=True)
class PageView:
    """The whole page."""

    title: str
    session: str
    state: State
    conclusion: str
    facts: tuple[Fact, ...]
    shares: tuple[Share, ...]
    problems: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    charts: tuple[Chart, ...]
    reported: ReportedView | None
    idea: tuple[Fact, ...]
    plan: str
    runs: tuple[RunView, ...]
    images: tuple[Image, ...]
    figure_note: str
    figure_turns: tuple[TurnView, ...]
    paper: Paper
    audit: Audit
    exchanges: tuple[ExchangeView, ...]
    moments: tuple[Moment, ...]
