"""The note on the confirmation, written by the tool: what was tried on fresh seeds, metric by metric, and what came of it."""

from __future__ import annotations

from agent.evidence.evidence import Evidence
from agent.session.events import Noted
from agent.session.session import Session
from agent.session.steps import CONFIRM_NOTE, CONFIRMATION
from agent.writing.known import evidence_of
from agent.writing.notes.note import Note
from agent.writing.notes.text import render_note, write_notes


def note_confirmation(session: Session) -> Noted:
    """Record it, and write notes.txt anew; what was recorded is not written again."""

    def work() -> Noted:
        evidence = evidence_of(session)
        return render_note(confirmation_note(evidence), evidence, CONFIRMATION)

    noted = session.journal.step(Noted, CONFIRM_NOTE, work)
    write_notes(session.paths, session.journal.events)
    return noted


def confirmation_note(evidence: Evidence) -> Note:
    """The outcome as a sentence; below it, where something was measured, a line for each metric."""
    known = evidence.results.confirmation
    assert known is not None
    metrics = [name for name in known.metrics if name in evidence.results.metrics] if known.measured else []
    beside = ". On the same seeds, [[confirmed.{name}.beside]]" if known.beside else ""
    lines = [
        f"- {name}: [[confirmed.run]] [[confirmed.{name}.mean]], the baseline [[confirmed.{name}.theirs]]: [[confirmed.{name}]]"
        + beside.format(name=name)
        for name in metrics
    ]
    fields = [("Outcome", "[[confirmed]]"), *([("Metric by metric", "\n".join(lines))] if lines else [])]
    source = "\n".join(f"{label}: {content}" for label, content in fields)
    return Note("Confirmation on fresh seeds", tuple(fields), source)
