"""aider, by way of its worker: started when first needed, kept warm, ended whole, started again after a failure."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from agent.coding.coder import Ask, CoderFailed, TurnReply, TurnRequest
from agent.coding.lines import Lines, NoLine
from agent.errors import CheckFailed, LabloopError
from agent.models.protocol import Message
from agent.prompts import Prompts
from agent.sandbox.environment import clean_environment
from agent.session.paths import REPOSITORY

log = logging.getLogger(__name__)

Wrap = Callable[[list[str]], list[str]]

VERSION = "0.86.2"
NEEDS = f"import aider, numpy, tokenizers, importlib.metadata as m; assert m.version('aider-chat') == '{VERSION}'"
"""What its environment must be able to run; enough to tell a broken installation."""
_MARKERS = ("<<<<<<< SEARCH", ">>>>>>> REPLACE")
"""Of a block; a reply with one was meant to edit, whatever came of it."""
_BOOT = "import sys; sys.path.append(sys.argv[1]); from agent.coding.worker import main; main()"


class AiderCoder:
    """The Coder that is aider.

    The worker gets a clean environment, its own session, `scratch` as HOME and working folder, no key and, where `wrap`
    puts it into a sandbox, no network. Not for use by two threads at once; two AiderCoders may work side by side.
    """

    def __init__(
        self,
        python: Path,
        scratch: Path | None = None,
        wrap: Wrap | None = None,
        silence_s: float = 120,
        prompts: Prompts | None = None,
    ) -> None:
        """`python` is the coder environment's; `scratch` is a temporary folder, gone at `close`, where None.

        `silence_s`: how long the worker may work without a word; what the model needs for its answers is not counted.
        """
        self.python = python
        self.silence_s = silence_s
        self._wrap: Wrap = wrap or (lambda argv: argv)
        self._own_scratch = scratch is None
        self.scratch = scratch or Path(tempfile.mkdtemp(prefix="labloop-coder-"))
        self._rules = _rules(prompts or Prompts())
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: Lines | None = None

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        """Work one turn. Raises what `ask` raises, CoderFailed, CheckFailed where the environment is missing."""
        edit_format = "whole" if request.unmatched_before else "diff"
        turn = _checked(request) | {"op": "turn", "edit_format": edit_format, "rules": self._rules[edit_format]}
        try:
            lines, message = self._begun(turn)
            while message["op"] == "ask":
                lines.send({"op": "answer", "text": ask([Message(**m) for m in message["messages"]])})
                message = lines.receive()
        except NoLine as silence:
            report = f"the coder's process {silence} in a turn{self._last_words()}"
            self._end()
            raise CoderFailed(report) from None
        except BaseException:  # an interrupt or a budget must not leave a worker waiting for an answer
            self._end()
            raise
        if message["op"] != "done":
            self._end()
            raise CoderFailed(f"the coder broke in a turn:\n{message.get('error', message)}")
        return _reply(message)

    def close(self) -> None:
        """End the worker and all it started."""
        self._end()
        if self._own_scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)

    def _begun(self, turn: dict[str, Any]) -> tuple[Lines, dict[str, Any]]:
        """Send the turn; the worker's first message. One that died since the last turn shows here, and is replaced."""
        warm = self._process is not None
        try:
            lines = self._started()
            lines.send(turn)
            return lines, lines.receive()
        except NoLine as silence:
            if not warm:
                raise
            log.warning("the coder's process %s between turns; starting it again", silence)
        self._end()
        lines = self._started()
        lines.send(turn)
        return lines, lines.receive()

    def _started(self) -> Lines:
        """The pipes of a worker that is alive."""
        if self._process is not None and self._lines is not None:
            return self._lines
        if not os.access(self.python, os.X_OK):
            raise CheckFailed(f"{self.python}: the coder environment is missing; type: make setup")
        self.scratch.mkdir(parents=True, exist_ok=True)
        environ = clean_environment(self.scratch, _ENVIRONMENT)
        argv = self._wrap([str(self.python), "-I", "-B", "-c", _BOOT, str(REPOSITORY)])
        with self._log.open("wb") as errors:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=self.scratch,
                env=environ,
                start_new_session=True,
            )
        self._lines = Lines(self._process, self.silence_s)
        ready = self._lines.receive()
        if ready.get("aider") != VERSION:
            found = ready.get("aider") or ready.get("error") or ready
            raise CheckFailed(f"{self.python}: aider {VERSION} is wanted, but: {found}\ntype: make setup")
        return self._lines

    def rest(self) -> None:
        """End the worker, which needs some 150 MB; the next turn starts another."""
        self._end()

    def _end(self) -> None:
        """Kill the worker's whole process group and reap it."""
        process, self._process, self._lines = self._process, None, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    @property
    def _log(self) -> Path:
        return self.scratch / "worker.log"

    def _last_words(self) -> str:
        """The tail of what the worker printed, for an error's message."""
        try:
            tail = self._log.read_bytes()[-2000:].decode("utf-8", "replace").strip()
        except OSError:
            tail = ""
        return f"; it printed last:\n{tail}" if tail else ""


_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # litellm, on import, would fetch a price table
    "LITELLM_MODE": "PRODUCTION",  # and read .env files
    "GIT_PYTHON_REFRESH": "quiet",  # GitPython would refuse to load where there is no git
    "TERM": "xterm",  # with "dumb", aider says so at each turn
}


def _rules(prompts: Prompts) -> dict[str, str]:
    """The system prompt of each edit format, with aider's own place-holders for the fence."""
    fence = {"open": "{fence[0]}", "close": "{fence[1]}"}
    return {"diff": prompts.render("aider_diff", **fence), "whole": prompts.render("aider_whole", **fence)}


def _checked(request: TurnRequest) -> dict[str, Any]:
    """The request as JSON. Raises LabloopError for a file that aider must not be given."""
    workspace = request.workspace.resolve()
    for name in request.editable:
        path = workspace / name
        if path.resolve() != path or not path.is_relative_to(workspace) or (path.exists() and not path.is_file()):
            raise LabloopError(f"{path}: only plain files inside the workspace can be edited")
    for shown in request.read_only:
        if not shown.is_file():
            raise LabloopError(f"{shown}: only a plain file can be shown to the coder")
    return {
        "message": request.message,
        "workspace": str(workspace),
        "editable": list(request.editable),
        "flags": list(request.flags),
        "read_only": [str(path.resolve()) for path in request.read_only],
    }


def _reply(message: Mapping[str, Any]) -> TurnReply:
    return TurnReply(
        text=message["text"],
        transcript=message["transcript"],
        edits_applied=message["edits_applied"],
        edits_unmatched=message["edits_unmatched"],
        exchanges=message["exchanges"],
        tried=message["edits_applied"] > 0 or any(marker in message["text"] for marker in _MARKERS),
        edits_left=message["edits_left"],
        left_report=message["left_report"],
        refused=tuple(message["refused"]),
        unread=message["unread"],
    )
