"""Who takes part in a session, and what every step of its work has in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from agent.brief import Brief
from agent.coding.coder import Coder
from agent.coding.tries import Tries
from agent.coding.turn import Turn, work_turn
from agent.experiment.laboratory import Laboratory
from agent.models.gateway import Gateway
from agent.progress import Progress
from agent.sandbox import Sandbox
from agent.session.events import Edited
from agent.session.journal import BaseEvent
from agent.session.session import Session
from agent.session.steps import Step
from agent.session.template.contract import Experiment, Figures


@dataclass(frozen=True)
class Parts:
    """Who takes part in a session."""

    session: Session
    gateway: Gateway
    coder: Coder
    laboratory: Laboratory
    sandbox: Sandbox
    brief: Brief
    progress: Progress


def say(parts: Parts, kind: type[BaseEvent], step: Step, what: str) -> None:
    """Show that a step begins; one that the journal holds already is not worked again, and not told again."""
    if parts.session.journal.find(kind, step) is None:
        parts.progress.now(what)


def turn_on(files: Experiment | Figures, step: Step, message: str, tries: Tries[Any]) -> Turn:
    """A turn on these files of the template."""
    shown, command = tuple(files.read_only), tuple(files.command)
    return Turn(step, message, tuple(files.editable), shown, tries.edits_miss, command)


def ask_coder(parts: Parts, turn: Turn) -> Edited:
    """The turn of the session's coder."""
    return work_turn(parts.session, parts.gateway, parts.coder, turn)
