"""The coder's process: JSON lines in and out, run by the coder environment's Python (stdlib only until aider is loaded).

    in    {"op": "turn", message, workspace, editable, read_only, edit_format, rules}     {"op": "answer", text}
    out   {"op": "ready", aider}     {"op": "ask", messages}     {"op": "done", …TurnReply}     {"op": "failed", error}

It holds no key and needs no network: each question to the model goes up the pipe. It ends as soon as its stdin does,
so it cannot outlive the orchestrator, whatever that one died of.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import json
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any, TextIO

Turn = Callable[[dict[str, Any], Callable[[list[dict[str, str]]], str]], dict[str, Any]]
"""Works one request, with a way to ask the model; the fields of a TurnReply but the transcript."""


class Pipe:
    """The way to the orchestrator. Keeps the real stdout to itself: what else is printed goes to stderr."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self._in = os.fdopen(os.dup(0), "rb")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, op: str, **values: Any) -> None:
        """One line up. ASCII only, so that lone surrogates travel too."""
        self._out.write(json.dumps({"op": op, **values}) + "\n")
        self._out.flush()

    def receive(self) -> dict[str, Any]:
        """The next line down; waits for it."""
        message: dict[str, Any] = json.loads(self._lines.get())
        return message

    def ask(self, messages: list[dict[str, str]]) -> str:
        """The model's answer, by way of the orchestrator."""
        self.send("ask", messages=messages)
        return str(self.receive()["text"])

    def _listen(self) -> None:
        for line in self._in:
            self._lines.put(line)
        end()


def end() -> None:
    """End this process at once, with all it started where it leads a process group."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def die_with_parent() -> None:
    """Ask Linux for SIGKILL when the starter dies: covers a worker too busy to see the end of stdin."""
    with contextlib.suppress(OSError, AttributeError):  # not Linux: the end of stdin still ends the worker
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def serve(pipe: Pipe, turn: Turn) -> None:
    """Work turns until stdin ends. What is printed during a turn is its transcript."""
    while True:
        request = pipe.receive()
        console = io.StringIO()
        try:
            with printing_to(console):
                reply = turn(request, pipe.ask)
        except BaseException:  # whatever broke, the orchestrator must hear of it, and the next turn may work
            pipe.send("failed", error=traceback.format_exc(), transcript=console.getvalue())
        else:
            pipe.send("done", transcript=console.getvalue(), **reply)


@contextlib.contextmanager
def printing_to(console: TextIO) -> Any:
    """Send what Python code prints to `console`."""
    with contextlib.redirect_stdout(console), contextlib.redirect_stderr(console):
        yield


def main() -> None:
    """Load aider, say so, and serve."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the orchestrator decides when a turn ends
    pipe = Pipe()
    sys.stdout = sys.stderr
    try:
        from agent.coding import aider_turn
    except Exception:  # a broken environment: said in one message instead of a silent exit
        pipe.send("failed", error=traceback.format_exc(), transcript="")
        return
    pipe.send("ready", aider=aider_turn.version())
    serve(pipe, aider_turn.work)
