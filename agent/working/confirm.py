"""The confirmation: after the last run, before the figures; what came of it stands in the notes."""

from __future__ import annotations

from agent.working.parts import Parts
from agent.writing.notes.confirmed import note_confirmation


def confirm(parts: Parts) -> None:
    """The candidate and the baseline on fresh seeds, noted by the tool. A session that is past it goes on without."""
    if parts.laboratory.confirm() is not None:
        note_confirmation(parts.session)
