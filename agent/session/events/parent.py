"""The journal's event of a run's parent: the run whose code it begins from."""

from __future__ import annotations

from typing import Literal

from agent.session.journal import BaseEvent
from agent.session.steps import RunName


class ParentChosen(BaseEvent):
    """The run from whose code the next one begins, decided before its brief."""

    kind: Literal["parent"] = "parent"
    run: RunName
    """The run that begins."""
    parent: RunName
    """run_0 is the baseline."""
    why: str
    """Why this one, in words that fit behind a colon."""
