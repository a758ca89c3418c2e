"""The runs so far on a terminal: the grid's primary metric as a small table, text made harmless."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from agent.results.event_words import edit_words, event_words
from agent.results.tables.cells import Row
from agent.results.tables.grid import Grid
from agent.results.values import true_minus
from agent.results.verdicts.verdict import Tone
from agent.session.events import (
    AttemptEnded,
    Audited,
    CandidateChosen,
    Compiled,
    Edited,
    Event,
    FiguresDrawn,
    Noted,
    Reviewed,
    RunAbandoned,
    SectionWritten,
    SentBack,
    SessionEnded,
)
from agent.session.visible import visible

_STYLES: dict[Tone, str] = {"good": "green", "bad": "red", "flat": "yellow", "none": ""}
_LONGEST = 160
_FINDINGS = 3
"""How many of an audit's findings are told as they come; the page and `labloop audit` tell all."""


def plain(text: str, longest: int = _LONGEST) -> str:
    """One line that is harmless on a terminal, and not too long."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= longest else line[: longest - 1] + "…"


def told(row: Row) -> tuple[str, str, str]:
    """Value, difference and verdict of the primary metric, as text."""
    cell = row.cells[0]
    return cell.shown + ("*" if not row.comparable else ""), true_minus(cell.delta), cell.told + cell.doubts


def runs_table(grid: Grid) -> Table:
    """The primary metric of every run and control, as rich draws it."""
    lines = [(str(row.name), *told(row), row.compute, plain(row.run.title)) for row in grid.rows]
    beside = [(str(row.name), row.cells[0].shown, "", "control", "", plain(row.title)) for row in grid.controls]
    rows, tones = [*lines[:1], *beside, *lines[1:]], [row.cells[0].tone for row in grid.rows]
    tones[1:1] = ["none"] * len(beside)
    rows += _bands(grid)
    heads = ("run", grid.columns[0].name, "difference", "verdict", "compute", "what was tried")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, head in enumerate(heads):
        last = place == len(heads) - 1
        width = max(len(head), *(len(row[place]) for row in rows))
        table.add_column(
            head,
            justify="right" if place in (1, 2, 4) else "left",
            no_wrap=True,
            overflow="ellipsis",
            min_width=None if last else width,
        )
    tones += ["none"] * (len(rows) - len(tones))
    for tone, (name, value, delta, word, compute, title) in zip(tones, rows, strict=True):
        table.add_row(Text(name), value, delta, Text(word, style=_STYLES[tone]), compute, Text(title))
    return table


def _bands(grid: Grid) -> list[tuple[str, str, str, str, str, str]]:
    """Rows of the noise of one look and of all looks, where there is any."""
    column = grid.columns[0]
    if not column.noise or column.exact:
        return []
    rows = [("noise", column.noise_shown, "", "", "", "of one look" if grid.looks else "")]
    return rows + ([("all looks", column.band_shown, "", "", "", plain(grid.looks))] if grid.looks else [])


_LABELS: dict[type[Event], str] = {
    CandidateChosen: "to be confirmed on fresh seeds: ",
    FiguresDrawn: "figures: ",
    SectionWritten: "draft: ",
    Compiled: "paper: ",
    Audited: "audit: ",
    SentBack: "audit: ",
    Reviewed: "review: ",
    SessionEnded: "session ",
    AttemptEnded: "",
    RunAbandoned: "",
    Noted: "note: ",
}
"""The events that are told by their words alone, and what says there what they are of."""


def of_event(event: Event) -> Iterator[str]:
    """An event in a line, where its words alone tell it; an edit where it was not simply applied."""
    match event:
        case AttemptEnded(number=None):
            return  # its edit was told
        case Edited(outcome="applied", refused=[], left=0, completed=False):
            return
        case Edited():
            yield f"{event.step}: {edit_words(event)}"
        case Audited():
            yield f"{_LABELS[Audited]}{event_words(event)}"
            for finding in event.findings[:_FINDINGS]:
                yield f"finding: {finding.where}: {finding.what}"
                yield f"why: {finding.why}"
            if len(event.findings) > _FINDINGS:
                yield f"{len(event.findings) - _FINDINGS} more: `labloop audit` or the session's page tells all"
        case _ if type(event) in _LABELS:
            yield f"{_LABELS[type(event)]}{event_words(event)}"
