"""The notes once more, after runs, confirmation and hypotheses: what no longer holds is revised, and its history stays."""

from __future__ import annotations

from agent.session.events import NotesRevised
from agent.session.steps import NOTES_REVISED
from agent.working.parts import Parts
from agent.writing.notes.revising import revise_notes


def look_back(parts: Parts) -> None:
    """Ask which notes must change. A session that is past it, or in which nothing came after a note, goes on without."""
    known = parts.session.journal.find(NotesRevised, NOTES_REVISED)
    revised = revise_notes(parts.session, parts.gateway, parts.progress.now)
    if revised is not None and revised.refused and known is None:
        parts.progress.say(f"the notes stand as they are: {revised.refused}")
