"""The journal's events of what a person says while a session works, and of runs that end early."""

from __future__ import annotations

from typing import Literal

from agent.session.journal import BaseEvent
from agent.session.steps import RunName, Step


class PersonSaid(BaseEvent):
    """A person's word to the session: every brief after it shows it."""

    kind: Literal["said"] = "said"
    text: str
    """As it was given."""
    before: Step
    """The step whose message was the first to show it."""


class RunDropped(BaseEvent):
    """A person took an accepted run out of what counts: it stays in the record, and leaves tables, best and parents."""

    kind: Literal["dropped"] = "dropped"
    run: RunName
    """Which one."""
    why: str = ""
    """The person's reason; empty where none was given."""
    before: Step
    """The step whose message was the first without it."""


class RunsEnded(BaseEvent):
    """No further run is begun, before the planned ones or the limit."""

    kind: Literal["runs_ended"] = "runs_ended"
    run: RunName
    """The last accepted one."""
    reason: str
    """Why, in a line."""
