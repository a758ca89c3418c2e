"""The journal's events of the session itself: begun, taken up again, ended."""

from __future__ import annotations

from typing import Literal

from agent.session.journal import BaseEvent, FirstEvent

FORMAT = 1
"""Version of the journal's format that is written, the newest that is read."""


class SessionStarted(FirstEvent):
    """The first line of every journal."""

    kind: Literal["session_started"] = "session_started"
    format: int = FORMAT
    """Version of the journal's format."""
    idea: str = ""
    """The idea's Name."""
    template: str = ""
    """The template's name."""
    scale: str = ""
    """Which of its scales; empty where it has none."""
    labloop: str = ""
    """Version of labloop that began the session."""


class SessionResumed(BaseEvent):
    """The same session was taken up again."""

    kind: Literal["session_resumed"] = "session_resumed"
    pid: int = 0
    """Process that took it up."""
    changed: list[str] = []
    """Settings that are others than before: `max_output_tokens 8192 → 2048`."""


class SessionEnded(BaseEvent):
    """The orchestrator stopped."""

    kind: Literal["session_ended"] = "session_ended"
    state: Literal["done", "findings", "no_runs", "paused", "interrupted", "failed"]
    """How."""
    reason: str = ""
    """One line for people."""
    exit_code: int = 0
    """The command's exit status."""
