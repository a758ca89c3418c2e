"""What the page shows, as frozen values: every number is a string already, nothing is looked up while rendering."""

from __future__ import annotations

from dataclasses import dataclass

from agent.page.pieces import DiffLine, Fact, Image, Link, Log, Tone
from agent.page.registered import RegisteredView
from agent.page.reviewed import ReviewView
from agent.page.view_table import Chart, ColumnView, ConfirmedView, ControlView, ReportedView, RowView


@dataclass(frozen=True, kw_only=True)
class StateView:
    """How the session stands."""

    word: str
    tone: Tone
    sentence: str


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of the session's time; `start` and `percent` are of the whole."""

    label: str
    value: str
    start: float
    percent: float


@dataclass(frozen=True, kw_only=True)
class AttemptView:
    """One launch, or the reason that there was none."""

    name: str
    outcome: str
    tone: Tone
    facts: tuple[Fact, ...] = ()
    reason: str = ""
    cause: str = ""
    repeated: bool = False
    logs: tuple[Log, ...] = ()
    code: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TurnView:
    """One turn of the coder and what came of it; either half may be missing."""

    step: str
    outcome: str = ""
    tone: Tone = "none"
    sentence: str = ""
    diff: tuple[DiffLine, ...] = ()
    reply: str = ""
    advice: str = ""
    """What the coder says of the advice that it was given."""
    attempt: AttemptView | None = None
    given_up: str = ""


@dataclass(frozen=True, kw_only=True)
class Branch:
    """One run in the tree of runs; `depth` is how many parents stand above it, `tone` that of its verdict."""

    name: str
    title: str
    depth: int
    tone: Tone
    state: str


@dataclass(frozen=True, kw_only=True)
class EarlierNote:
    """A form of a note before the last one; `diff` is what the next form changed in its words, its table of numbers aside."""

    before: str
    """What it was before: `the advice`, `its revision after run_5`."""
    text: str
    diff: tuple[DiffLine, ...]


@dataclass(frozen=True, kw_only=True)
class RunView:
    """Everything about one run."""

    name: str
    title: str
    state: str
    tone: Tone
    row: RowView | None
    diff: tuple[DiffLine, ...]
    remark: str
    note: str
    advice: str
    images: tuple[Image, ...]
    code: tuple[Link, ...]
    turns: tuple[TurnView, ...]
    parent: str = ""
    """The run from whose code it began; empty for the baseline, and where that is not known."""
    why_parent: str = ""
    from_baseline: tuple[DiffLine, ...] = ()
    """What it changes against the baseline; empty where that is its parent."""
    earlier_notes: tuple[EarlierNote, ...] = ()
    """The forms of its note before the last."""
    dropped: str = ""
    """That a person took it out of what counts, and why."""


@dataclass(frozen=True, kw_only=True)
class FindingView:
    where: str
    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class SectionView:
    name: str
    phases: str
    source: str
    problems: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PaperView:
    """`link` is None where no PDF lies in the session."""

    title: str
    link: Link | None
    sentence: str
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    sections: tuple[SectionView, ...]
    citations: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AuditView:
    """`sentence` says whether it ran and how it ended."""

    sentence: str
    tone: Tone
    findings: tuple[FindingView, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ExchangeView:
    """One model call; `messages` are (role, text)."""

    number: int
    role: str
    step: str
    model: str
    facts: str
    messages: tuple[tuple[str, str], ...]
    reasoning: str
    reply: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One event."""

    time: str
    since: str
    kind: str
    step: str
    text: str
    tone: Tone


@dataclass(frozen=True, kw_only=True)
class PageView:
    """The whole page."""

    title: str
    session: str
    state: StateView
    conclusion: str
    facts: tuple[Fact, ...]
    shares: tuple[Share, ...]
    problems: tuple[str, ...]
    columns: tuple[ColumnView, ...]
    rows: tuple[RowView, ...]
    controls: tuple[ControlView, ...]
    charts: tuple[Chart, ...]
    powers: tuple[str, ...]
    """What the seeds can show of each metric that the idea names."""
    looks: str
    """What the second row of noise is for; empty where there is none."""
    absent: tuple[str, ...] = ()
    """Metrics that were not measured for a reason, with it."""
    confirmed: ConfirmedView | None = None
    confirm_turns: tuple[TurnView, ...] = ()
    """Its launches."""
    reported: ReportedView | None
    idea: tuple[Fact, ...]
    plan: str
    registered: RegisteredView
    runs: tuple[RunView, ...]
    tree: tuple[Branch, ...]
    said: tuple[str, ...]
    """What a person said to the session."""
    ended_early: str
    """Why no further run was begun, where patience ended them."""
    images: tuple[Image, ...]
    figure_note: str
    figure_turns: tuple[TurnView, ...]
    paper: PaperView
    review: ReviewView
    ai_use: tuple[str, ...] = ()
    """Who wrote, coded, advised and reviewed, a sentence each; empty before the first call."""
    signed: tuple[tuple[str, Tone], ...] = ()
    """Who signed the draft off, and what voids it."""
    audit: AuditView
    exchanges: tuple[ExchangeView, ...]
    moments: tuple[Moment, ...]
