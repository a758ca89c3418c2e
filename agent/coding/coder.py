"""What travels between the session and a coder: whoever edits the workspace when asked in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agent.errors import LabloopError
from agent.models.protocol import Message

Ask = Callable[[list[Message]], str]
"""The way to the model. The coder never asks it itself: the orchestrator meters, records and pays. May raise."""


@dataclass(frozen=True)
class TurnRequest:
    """One request to the coder, a conversation of its own: the coder remembers nothing of earlier turns.

    `editable` are paths relative to `workspace`; `read_only` are files shown to the model, wherever they lie.
    """

    message: str
    workspace: Path
    editable: tuple[str, ...]
    read_only: tuple[Path, ...] = ()
    unmatched_before: bool = False
    """Edits of the turn before did not find their place: whoever edits may choose another way to write them."""
    flags: tuple[str, ...] = ()
    """Names of the flags that the tool gives the script, without dashes: a whole new script must still take them."""


@dataclass(frozen=True)
class TurnReply:
    """What the coder says of its turn. Informative only: what changed is read from the files (edit.py)."""

    text: str
    """The model's last message."""
    transcript: str = ""
    """The coder's whole console output."""
    edits_applied: int = 0
    """Edits that the coder says it applied, over all exchanges of the turn."""
    edits_unmatched: int = 0
    """Edits whose place was not found, over all exchanges; some may have been put right later in the turn."""
    exchanges: int = 0
    """How often the model was asked."""
    tried: bool = False
    """The last message holds edits, in whatever form this coder writes them, found or not."""
    edits_left: int = 0
    """Edits still not applied when the turn ended: above zero, a turn with changes is only partly applied."""
    left_report: str = ""
    """The report on those edits, each in full, as the model was shown it."""
    refused: tuple[str, ...] = ()
    """Files the model tried to edit without leave; nothing was written there."""
    unread: str = ""
    """Why code in the last message is no edit; empty where there is none."""


class Coder(Protocol):
    """Whoever edits."""

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        """Work one turn to its end. Raises what `ask` raises, or CoderFailed; files may then be half edited."""
        ...

    def close(self) -> None:
        """End whatever runs for this coder; a later `work` starts it again."""
        ...


class CoderFailed(LabloopError):
    """The coder's own process died, hung or broke; says how, and what it last printed. The next turn starts anew."""
