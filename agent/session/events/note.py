"""The journal's events of notes that were looked at once more, after all the runs."""

from __future__ import annotations

from typing import Literal

from agent.session.journal import BaseEvent
from agent.session.steps import RunName


class NotesRevised(BaseEvent):
    """The writer looked at its notes once more, with all that came after them; each note that it changed is a Noted of its own."""

    kind: Literal["notes_revised"] = "notes_revised"
    runs: list[RunName] = []
    """The runs whose notes it changed."""
    after: str = ""
    """The last of what it was shown: `run_5`, or `the confirmation`."""
    refused: str = ""
    """Why the notes stand as they were, where no answer was had or could be used."""
