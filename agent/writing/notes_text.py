"""notes.txt, written by the tool from the journal: one section a run, its table of metrics in it, the figures last."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.results import phrases
from agent.results.results import Results, RunResult
from agent.session.events import Event, Noted
from agent.session.files import write_text
from agent.session.paths import SessionPaths
from agent.session.steps import RunName
from agent.writing.note import Note

_WIDTH = 110
_HEAD = (
    "# Notes\n\nWritten by labloop from the session's journal; edits to this file are lost. Every number is measured."
)


def render_note(note: Note, evidence: Evidence, subject: str) -> Noted:
    """The section as it stands in notes.txt, with the table of the run's metrics placed by the tool."""
    run = evidence.results.get(subject)
    used: list[str] = []

    def filled(text: str) -> str:
        result = fill(text, evidence, "text")
        used.extend(result.references)
        return result.text

    heading = f"## {subject}: {filled(note.title)}" if run else f"## {filled(note.title)}"
    parts = [heading, *([_metrics(evidence.results, run)] if run else [])]
    parts += [f"{label}:\n{_wrapped(filled(content))}" for label, content in note.fields]
    return Noted(
        subject=subject,
        title=filled(note.title),
        source=note.source,
        text="\n\n".join(parts),
        references=list(dict.fromkeys(used)),
        refused=note.refused,
    )


def notes_text(events: Iterable[Event]) -> str:
    """All of notes.txt, from the journal: runs in order, the figures last."""
    notes = {event.subject: event for event in events if isinstance(event, Noted)}
    return "\n\n".join([_HEAD, *(notes[subject].text for subject in sorted(notes, key=_place))]) + "\n"


def write_notes(paths: SessionPaths, events: Iterable[Event]) -> None:
    """Write notes.txt anew from the journal's notes."""
    write_text(paths.notes, notes_text(events))


def _place(subject: str) -> float:
    run = RunName.parse(subject)
    return float("inf") if run is None else run.number


def _metrics(results: Results, run: RunResult) -> str:
    """The run's metrics against the baseline, as a Markdown table."""
    rows = ["| metric | value | baseline | delta | noise | verdict |", "|---|---|---|---|---|---|"]
    for name, kind in results.metrics.items():
        value, base = run.values.get(name), results.baseline.values.get(name)
        if value is None and kind.optional:
            continue
        verdict, noise = results.verdict(run, name), results.noise(name)
        cells = [
            f"{name} ({kind.direction} is better)",
            phrases.MISSING if value is None else phrases.value_text(run, value, kind),
            phrases.MISSING if base is None else phrases.value_text(results.baseline, base, kind),
            "" if verdict.delta is None else phrases.number(verdict.delta, kind, signed=True),
            "unknown" if noise is None else phrases.number(noise, kind),
            phrases.verdict_text(results, run, name),
        ]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _wrapped(text: str) -> str:
    """Lines of at most 110 characters; tables and code keep theirs."""
    lines: list[str] = []
    for line in text.splitlines():
        if len(line) <= _WIDTH or line.lstrip().startswith("|") or "  " in line.strip():
            lines.append(line)
            continue
        indent = " " * (len(line) - len(line.lstrip()))
        lines += textwrap.wrap(line, _WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
    return "\n".join(lines).strip()
