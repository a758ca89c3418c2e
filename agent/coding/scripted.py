"""A coder for tests and trials: makes the edits it was given, in order, with no process and no model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from agent.coding.coder import Ask, CoderFailed, TurnReply, TurnRequest
from agent.models.protocol import Message

Step = str | Mapping[str, str] | Callable[[Path], str | None]
"""One turn: a reply without an edit; whole new files by name; or a function of the workspace that may return a reply."""


class ScriptedCoder:
    """Works one Step a turn, and keeps the requests it got. Files are written wherever a Step says, leave or not."""

    def __init__(self, steps: Iterable[Step] = (), asks: bool = False) -> None:
        """`asks`: also send each message to the model, once, for loops that count what turns cost."""
        self.steps = list(steps)
        self.asks = asks
        self.requests: list[TurnRequest] = []
        self.closed = False

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        """The next step. Raises CoderFailed where there is none left."""
        self.requests.append(request)
        if len(self.requests) > len(self.steps):
            raise CoderFailed(f"the scripted coder has {len(self.steps)} steps; this is turn {len(self.requests)}")
        step = self.steps[len(self.requests) - 1]
        answer = ask([Message("user", request.message)]) if self.asks else None
        text = _edit(step, request.workspace)
        edits = len(step) if isinstance(step, Mapping) else int(callable(step))
        return TurnReply(answer or text, transcript=text, edits_applied=edits, exchanges=int(self.asks))

    def close(self) -> None:
        self.closed = True


def _edit(step: Step, workspace: Path) -> str:
    """Make the step's edit; the reply's text."""
    if isinstance(step, str):
        return step
    if isinstance(step, Mapping):
        for name, text in step.items():
            path = workspace / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return f"Wrote {', '.join(step)}."
    return step(workspace) or "Done."
