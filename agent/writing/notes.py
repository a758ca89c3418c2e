"""notes.txt: one section a run and one on the figures, from the model's answers and the journal, written by the tool."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.fill import fill
from agent.models.gateway import Gateway
from agent.proofreading.typed_numbers import TypedNumbers
from agent.results.results import Results
from agent.results.story import Story
from agent.results.table import results_table, run_table
from agent.session.events import Event, FiguresDrawn, Noted, RunAccepted
from agent.session.files import write_text
from agent.session.paths import SessionPaths
from agent.session.session import Session
from agent.session.steps import Step
from agent.writing.fields import read_fields

FIELDS = ("Title", "What changed", "Why", "What was seen", "Reading", "Next")
_NEEDED = ("What changed", "What was seen", "Reading")
_WIDTH = 110
_NO_NOTE = (
    "The writer gave no usable note; its answers are in the transcript, what was wrong with the last one in the audit."
)
_DIFF_CHARACTERS = 8000


@dataclass(frozen=True)
class Note:
    """A note as the model gave it: references are not filled in yet."""

    title: str
    fields: tuple[tuple[str, str], ...]
    source: str
    refused: str = ""  # why the text is the tool's own, where it is


def note_run(session: Session, gateway: Gateway, results: Results, accepted: RunAccepted, diff: str) -> Noted:
    """Ask for the note on an accepted run, record it, and write notes.txt anew; what was recorded is not asked again."""
    step, evidence = f"{accepted.run}/note", Evidence(results, session.template.reported)

    def work() -> Noted:
        note = _asked(
            gateway,
            step,
            "note",
            lambda text: parse_note(text, evidence, free_text(session), accepted.title),
            idea=session.idea,
            run=accepted.run,
            title=accepted.title,
            diff=diff[:_DIFF_CHARACTERS],
            names=evidence.names(),
            table=results_table(results),
            comparable=accepted.comparable,
        )
        return render_note(note, evidence, accepted.run)

    noted = session.journal.step(Noted, step, work)
    write_notes(session.paths, session.journal.events)
    return noted


def note_figures(session: Session, gateway: Gateway, results: Results, drawn: FiguresDrawn) -> Noted:
    """Ask what each figure shows, record it, and write notes.txt anew."""
    step, evidence = "figures/note", Evidence(results, session.template.reported)
    files = figure_names(drawn.files)

    def work() -> Noted:
        if not files:
            return render_note(
                _bare("Figures", "No figure was drawn: " + (drawn.reason or "plot.py wrote none")), evidence, "figures"
            )
        note = _asked(
            gateway,
            step,
            "figures_note",
            lambda text: parse_figures_note(text, evidence, files, free_text(session)),
            idea=session.idea,
            files=files,
            names=evidence.names(),
            table=results_table(results),
            plot=_plot_source(session),
        )
        return render_note(note, evidence, "figures")

    noted = session.journal.step(Noted, step, work)
    write_notes(session.paths, session.journal.events)
    return noted


def parse_note(text: str, evidence: Evidence, free: str = "", title: str = "") -> Note:
    """The model's note on a run. Raises BadAnswer naming every reference, typed number or field that is wrong."""
    note = read_note(text, title)
    _refuse(note_problems(note, evidence, free))
    return note


def note_problems(note: Note, evidence: Evidence, free: str = "") -> list[str]:
    """What is wrong with a note; its proposals may name settings that nobody has tried yet."""
    told = [note.title, *(content for label, content in note.fields if label != "Next")]
    found = problems_of("\n\n".join(told), evidence, free)
    return found + problems_of(dict(note.fields).get("Next", ""), evidence, free, proposing=True)


def read_note(text: str, title: str = "") -> Note:
    """A note as it was given, whatever it says. Raises BadAnswer for labels that are missing."""
    fields = read_fields(text, FIELDS)
    missing = [label for label in _NEEDED if not fields.get(label)]
    if missing:
        raise BadAnswer(f"The answer lacks {', '.join(missing)}. It must have these labels: {', '.join(FIELDS)}.")
    kept = tuple((label, fields[label]) for label in FIELDS[1:] if fields.get(label))
    return Note(fields.get("Title", "").strip().strip("*\"'") or title, kept, text)


def parse_figures_note(text: str, evidence: Evidence, files: Sequence[str], free: str = "") -> Note:
    """The model's note on the figures, one field a file. Raises BadAnswer for a figure that is missing, and as above."""
    stems = {name: name.rsplit(".", 1)[0] for name in files}
    labels = [label for name, stem in stems.items() for label in (name, f"{stem}.png", f"{stem}.pdf", stem)]
    fields = read_fields(text, list(dict.fromkeys(labels)))
    kept: list[tuple[str, str]] = []
    for name, stem in stems.items():
        content = next((fields[label] for label in (name, f"{stem}.png", f"{stem}.pdf", stem) if fields.get(label)), "")
        if not content:
            raise BadAnswer(f"The answer says nothing on {name}. It must have one heading a file: {', '.join(files)}.")
        kept.append((name, content))
    _refuse(problems_of("\n\n".join(content for _, content in kept), evidence, free))
    return Note("Figures", tuple(kept), text)


def problems_of(
    text: str, evidence: Evidence, free: str = "", latex: bool = False, proposing: bool = False
) -> list[str]:
    """What is wrong with a text's references, typed numbers and claims, a sentence each."""
    filled = fill(text, evidence, "latex" if latex else "text")
    typed = TypedNumbers(evidence, free).check(text, latex, proposing)
    return [*filled.problems, *map(str, typed)]


def render_note(note: Note, evidence: Evidence, subject: str) -> Noted:
    """The section as it stands in notes.txt, with the table of the run's metrics placed by the tool."""
    run = evidence.results.get(subject)
    used: list[str] = []

    def filled(text: str) -> str:
        result = fill(text, evidence, "text")
        used.extend(result.references)
        return result.text

    heading = f"## {subject}: {filled(note.title)}" if run else f"## {filled(note.title)}"
    parts = [heading, *([run_table(evidence.results, run)] if run else [])]
    parts += [f"{label}:\n{_wrapped(filled(content))}" for label, content in note.fields]
    return Noted(
        subject=Step(subject),
        title=filled(note.title),
        source=note.source,
        text="\n\n".join(parts),
        references=list(dict.fromkeys(used)),
        refused=note.refused,
    )


def notes_text(events: Iterable[Event]) -> str:
    """All of notes.txt, from the journal: runs in order, the figures last."""
    notes = Story(list(events)).notes.values()
    head = "# Notes\n\nWritten by labloop from the session's journal; edits to this file are lost. Every number is measured."
    return "\n\n".join([head, *(note.text for note in notes)]) + "\n"


def write_notes(paths: SessionPaths, events: Iterable[Event]) -> None:
    """Write notes.txt anew from the journal's notes."""
    write_text(paths.notes, notes_text(events))


def figure_names(files: Iterable[str]) -> list[str]:
    """One name a figure, the PDF where a figure has both forms."""
    names = sorted(files, key=lambda name: not name.endswith(".pdf"))
    return sorted({name.rsplit(".", 1)[0]: name for name in reversed(names)}.values())


def free_text(session: Session) -> str:
    """What was known before any run: the idea's own words, whose numbers a text may repeat."""
    return "\n".join([*map(str, session.idea.brief().values()), session.idea.Abstract, session.template.title])


def _asked(gateway: Gateway, step: str, prompt: str, parse: Callable[[str], Note], **values: Any) -> Note:
    """The model's note; where no answer could be used, one that says so, since a run is never left without a note."""
    try:
        return gateway.ask_for("writer", step, prompt, parse, **values)
    except BadAnswer as bad:
        return replace(_bare(str(values.get("title", "Figures")), _NO_NOTE), refused=str(bad))


def _bare(title: str, reading: str) -> Note:
    plain = reading.replace("[[", "").replace("]]", "")
    return Note(title, (("Reading", plain),), plain)


def _refuse(problems: Sequence[str]) -> None:
    if problems:
        raise BadAnswer("\n".join(f"- {problem}" for problem in problems[:12]))


def _wrapped(text: str) -> str:
    """Lines of at most 110 characters; tables and code keep theirs."""
    lines: list[str] = []
    for line in text.splitlines():
        keep = len(line) <= _WIDTH or line.lstrip().startswith("|") or "  " in line.strip()
        indent = " " * (len(line) - len(line.lstrip()))
        lines += (
            [line]
            if keep
            else textwrap.wrap(line, _WIDTH, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)
        )
    return "\n".join(lines).strip()


def _plot_source(session: Session, limit: int = 6000) -> str:
    """plot.py as it stands in the workspace, so that the note tells what is drawn."""
    texts = []
    for name in session.template.figures.editable:
        path = session.paths.workspace / name
        path = path if path.is_file() else session.template.root / name
        texts.append(path.read_text(encoding="utf-8", errors="replace")[:limit])
    return "\n".join(texts)
