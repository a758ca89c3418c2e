"""How each session of a campaign stands, in a row: state, verdict, confirmed or not, cost, what it waits for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from agent.campaigns.spec import Entry
from agent.errors import LabloopError
from agent.launching.slurm.job_folder import JobFolder
from agent.models.manual import open_requests
from agent.results.choosing.leader import leader
from agent.results.results import Results
from agent.results.story import Story
from agent.results.story.readings import results_in, state_in
from agent.results.story.state import ENDS
from agent.results.values import count, dollars
from agent.results.words.conclusion import conclusion_text
from agent.results.words.confirmed import outcome_of
from agent.results.words.phrases import delta_text
from agent.session.events import AttemptBegun, LaunchEnded, SessionStarted
from agent.session.files import stamp
from agent.session.lock import holder
from agent.session.paths import SessionPaths
from agent.session.reading import Reading, read_session

QUEUED, REFUSED = "queued", "refused"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One session, wanted or there."""

    key: str
    folder: Path
    idea: str
    title: str = ""
    whole: str = ""
    """The idea itself, as JSON: two of one name are not one idea."""
    template: str = ""
    scale: str = ""
    model: str = ""
    repeat: int = 1
    state: str = QUEUED
    """A session's word; `queued` before it begins, `refused` where it cannot."""
    reason: str = ""
    waits_for: str = ""
    """What it waits for now; empty where for nothing."""
    runs: int = 0
    metric: str = ""
    """The primary metric."""
    best: str = ""
    """The run that comes out best by it: `run_2`; empty without one."""
    verdict: str = ""
    """How that stands to the baseline, looks counted over the campaign."""
    delta: str = ""
    """Its difference from the baseline."""
    band: float | None = None
    """The half-width that the difference must exceed, for all looks of the campaign."""
    conclusion: str = ""
    confirmed: str = ""
    """What fresh seeds said of the primary metric; empty where the session has not come to that."""
    usd: float = 0.0
    tokens: int = 0
    findings: int = 0
    paper: bool = False
    results: Results | None = None

    @property
    def shown(self) -> str:
        """The state as people read it."""
        return dict(ENDS).get(self.state, self.state)  # type: ignore[call-overload, no-any-return]

    @property
    def verdict_shown(self) -> str:
        """The verdict with the run that it is of and its difference: `better (run_2, +0.07)`; empty where no run is judged."""
        return f"{self.verdict} ({self.best_shown})" if self.verdict else ""

    @property
    def best_shown(self) -> str:
        """The best run with its difference: `run_2, +0.07`; empty without one."""
        return ", ".join(filter(None, (self.best, self.delta)))

    @property
    def cost_shown(self) -> str:
        """`$0.44, 2 100 tokens`."""
        return cost_text(self.usd, self.tokens)

    @property
    def family(self) -> tuple[str, str, str]:
        """Those whose looks count together: one template at one scale, one primary metric."""
        return self.template, self.scale, self.metric


def cost_text(usd: float, tokens: int) -> str:
    """What sessions cost, as status and reports show it: `$0.44, 2 100 tokens`."""
    return f"{dollars(usd)}, {count(tokens)} tokens"


class Rows:
    """The rows of sessions, each read again only after its folder changed."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[object, Row]] = {}

    def of(self, entry: Entry, root: Path) -> Row:
        """The row of an entry whose session lies in `root`, or will."""
        blank = Row(
            key=entry.key,
            folder=root,
            idea=entry.name,
            title=entry.idea.Title if entry.idea else "",
            whole=entry.idea.model_dump_json() if entry.idea else entry.source,
            template=Path(entry.template).name,
            model=entry.model,
            repeat=entry.repeat,
        )
        if entry.refused:
            return replace(blank, state=REFUSED, reason=entry.refused)
        return self.read(root, blank) or blank

    def read(self, root: Path, blank: Row | None = None) -> Row | None:
        """The row of the session in `root`; None where there is none."""
        paths = SessionPaths(root)
        if not paths.journal.is_file():
            return None
        held = holder(paths.lock) is not None
        marks = (stamp(paths.journal), stamp(paths.requests), held, blank)
        known = self._kept.get(root)
        if known is not None and known[0] == marks:
            return known[1]
        blank = blank or Row(key=root.name, folder=root, idea=root.name)
        try:
            row = row_of(read_session(root), blank)
        except LabloopError as error:
            row = replace(blank, state="failed", reason=str(error))
        except Exception as error:  # what is wrong with one folder costs no other its row, nor a night its campaign
            row = replace(blank, state="failed", reason=f"its folder cannot be read: {type(error).__name__}: {error}")
        self._kept[root] = (marks, row)
        return row


def row_of(reading: Reading, blank: Row) -> Row:
    """The row of a session as its folder says it stands."""
    story = Story(reading.events)
    state, spent, results = state_in(reading), story.spent, results_in(reading).results
    started = next(story.all(SessionStarted), None)
    row = replace(
        blank,
        idea=reading.idea.Name if reading.idea else blank.idea,
        title=reading.idea.Title if reading.idea else blank.title,
        template=started.template if started else blank.template,
        scale=started.scale if started else "",
        model=reading.settings.models.writer if reading.settings else blank.model,
        state=state.word,
        reason=state.reason,
        waits_for=_waits_for(reading, story) if state.word == "running" else "",
        runs=len(story.runs),
        metric=reading.primary,
        usd=spent.usd,
        tokens=spent.tokens,
        findings=len(story.audit.findings) if story.audit else 0,
        paper=reading.paths.paper.is_file(),
    )
    return judged(replace(row, results=results), 0)


def judged(row: Row, elsewhere: int) -> Row:
    """The row with its verdict, `elsewhere` runs of other sessions having been looked at too."""
    if row.results is None or row.metric not in row.results.metrics:
        return row
    results = replace(row.results, elsewhere=elsewhere)
    known, top = results.confirmation, leader(results)
    confirmed = ""
    if known is not None and known.run is not None and known.measured:
        confirmed = outcome_of(results, row.metric).word
    elif known is not None and known.run is None:
        confirmed = "nothing to confirm"
    row = replace(row, conclusion=conclusion_text(results), confirmed=confirmed)
    if top is None:
        return row
    if results.unbeaten(row.metric) is not None:
        return replace(row, best=top.name, verdict="says nothing: a control does as well")
    verdict = results.verdict(top, row.metric)
    delta = "" if verdict.delta is None else delta_text(verdict, results.metrics[row.metric])
    return replace(row, best=top.name, verdict=verdict.told, delta=delta, band=results.band(row.metric, top))


def looked_at_together(rows: Iterable[Row]) -> list[Row]:
    """The rows, each judged with the looks of all sessions of its family counted: whoever picks the best of many looked at all."""
    rows = list(rows)
    made: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        made[row.family] += _looks(row)
    return [judged(row, made[row.family] - _looks(row)) for row in rows]


def _looks(row: Row) -> int:
    return row.results.looks.runs if row.results is not None else 0


def _waits_for(reading: Reading, story: Story) -> str:
    """What a session at work waits for, as far as its folder tells."""
    if reading.paths.requests.is_dir() and (waiting := open_requests(reading.paths.requests)):
        return f"your answer to {waiting[0].stem}"
    launched = {event.number for event in story.all(LaunchEnded)}
    now = [event for event in story.cut_off if event.seq > story.resumed_seq]
    for event in now:
        if event.number not in launched:
            return _launch(event, JobFolder(reading.paths.attempt(event.number).job))
    if now:
        return f"the scores of {now[0].run} (attempt {now[0].number})"
    return (
        "its models"
        if story.accepted
        else "the template to be prepared, or for a baseline that another session measures"
    )


def _launch(event: AttemptBegun, job: JobFolder) -> str:
    """The launch that is waited for; where it is a job of a cluster that has not begun, its place in the queue."""
    of = f"{event.run} (attempt {event.number})"
    record = job.record()
    if record is None or job.begun() is not None:
        return f"the experiment of {of}"
    return f"the queue of the cluster, job {record.job_id or record.name} for {of}"
