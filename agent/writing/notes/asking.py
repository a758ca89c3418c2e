"""Asks for the notes: one on each accepted run and one on the figures, each recorded, notes.txt written anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from agent.errors import BadAnswer
from agent.evidence.evidence import Evidence
from agent.evidence.referable import referable
from agent.models.gateway import Gateway
from agent.results.choosing.parents import Change
from agent.results.story import story_of
from agent.results.tables.asked import asked_for
from agent.results.tables.markdown import results_table
from agent.results.words.phrases import left_text
from agent.session.events import Advised, FiguresDrawn, Noted, RunAccepted
from agent.session.session import Session
from agent.session.shorter_diff import shorter_diff
from agent.session.steps import FIGURES, FIGURES_NOTE, RunName, Step
from agent.writing.figures import figure_names
from agent.writing.known import evidence_of, known_text
from agent.writing.notes.note import Note, StaleNote, bare_note, parse_figures_note, parse_final_note, parse_note
from agent.writing.notes.salvaged import salvaged
from agent.writing.notes.text import render_note, write_notes

NO_NOTE = (
    "The writer gave no usable note; its answers are in the transcript, what was wrong with the last one in the audit."
)
_DIFF_CHARACTERS = 8000
_PLOT_CHARACTERS = 6000


def note_run(session: Session, gateway: Gateway, accepted: RunAccepted, change: Change) -> Noted:
    """Ask for the first form of the note on an accepted run, record it, and write notes.txt anew; what was recorded is not asked again."""
    step = Step.note(accepted.run)

    def work() -> Noted:
        evidence = evidence_of(session)
        note = _asked(
            gateway,
            step,
            "note",
            lambda text: parse_note(text, evidence, known_text(session), accepted.title),
            lambda text, wrong: salvaged(text, evidence, known_text(session), accepted.title, wrong),
            idea=session.idea,
            run=accepted.run,
            title=accepted.title,
            change=_shortened(change),
            names=referable(evidence),
            table=results_table(evidence.results, asked_for(session)),
            said=story_of(session).said,
            dropped=story_of(session).dropped_runs,
            comparable=accepted.comparable,
            unmatched=_unmatched(evidence, accepted.run),
        )
        return render_note(note, evidence, accepted.run)

    return _recorded(session, step, work)


def _unmatched(evidence: Evidence, run: RunName) -> str:
    found = evidence.results.get(run)
    return left_text(evidence.results, found) if found is not None else ""


def finish_note(session: Session, gateway: Gateway, accepted: RunAccepted, first: Noted, advice: Advised) -> Noted:
    """Ask for the note's final form, which answers the advice; the first form stays where no answer of the writer can be used.

    Raises NoRecordedAnswer where a recording knows no such question.
    """
    step = Step.note_final(accepted.run)

    def work() -> Noted:
        evidence = evidence_of(session)
        try:
            note = gateway.ask_for(
                "writer",
                step,
                "note_final",
                lambda text: parse_final_note(text, evidence, known_text(session), accepted.title),
                idea=session.idea,
                run=accepted.run,
                title=accepted.title,
                first=first.source,
                advice=advice.text,
                names=referable(evidence),
                table=results_table(evidence.results, asked_for(session)),
                said=story_of(session).said,
                dropped=story_of(session).dropped_runs,
                comparable=accepted.comparable,
            )
        except StaleNote as stale:
            return render_note(stale.note, evidence, accepted.run)
        except BadAnswer as bad:
            return first.model_copy(update={"unanswered": str(bad)})
        return render_note(note, evidence, accepted.run)

    return _recorded(session, step, work)


def note_figures(session: Session, gateway: Gateway, drawn: FiguresDrawn) -> Noted:
    """Ask what each figure shows, record it, and write notes.txt anew."""
    files = figure_names(drawn.files)

    def work() -> Noted:
        evidence = evidence_of(session)
        if not files:
            none = bare_note("Figures", "No figure was drawn: " + (drawn.reason or "plot.py wrote none"))
            return render_note(none, evidence, FIGURES)
        note = _asked(
            gateway,
            FIGURES_NOTE,
            "figures_note",
            lambda text: parse_figures_note(text, evidence, files, known_text(session)),
            lambda text, wrong: None,
            idea=session.idea,
            files=files,
            names=referable(evidence),
            table=results_table(evidence.results, asked_for(session)),
            plot=_plot_source(session),
        )
        return render_note(note, evidence, FIGURES)

    return _recorded(session, FIGURES_NOTE, work)


def _recorded(session: Session, step: Step, work: Callable[[], Noted]) -> Noted:
    noted = session.journal.step(Noted, step, work)
    write_notes(session.paths, session.journal.events)
    return noted


def _asked(
    gateway: Gateway,
    step: Step,
    prompt: str,
    parse: Callable[[str], Note],
    salvage: Callable[[str, str], Note | None],
    **values: Any,
) -> Note:
    """The model's note; where no answer could be used, what of the last one can stand, or one that says that there is none, since
    a run is never left without a note."""
    stale: list[Note] = []
    last = ""

    def read(text: str) -> Note:
        nonlocal last
        last = text
        try:
            return parse(text)
        except StaleNote as found:
            stale.append(found.note)
            raise

    try:
        return gateway.ask_for("writer", step, prompt, read, **values)
    except BadAnswer as bad:
        if stale:
            return stale[-1]
        bare = bare_note(str(values.get("title", "Figures")), NO_NOTE, refused=str(bad))
        return salvage(last, str(bad)) or bare


def _shortened(change: Change) -> Change:
    return replace(
        change,
        diff=shorter_diff(change.diff, _DIFF_CHARACTERS),
        from_baseline=shorter_diff(change.from_baseline, _DIFF_CHARACTERS),
    )


def _plot_source(session: Session) -> str:
    """plot.py as it stands in the workspace, so that the note tells what is drawn."""
    texts = []
    for name in session.template.figures.editable:
        path = session.paths.workspace / name
        path = path if path.is_file() else session.template.root / name
        texts.append(path.read_text(encoding="utf-8", errors="replace")[:_PLOT_CHARACTERS])
    return "\n".join(texts)
