"""A command that stays: started once under its supervisor, then asked by lines, until it is closed or ends."""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence

from agent.sandbox.command import Command, Finished
from agent.sandbox.supervise import begin, end

_LONGEST_LINE = 1_000_000


class StandingProcess:
    """A Standing. Limits and end are those of any command: past its memory it is ended, and with the orchestrator, however that
    ends, it ends too.
    """

    def __init__(self, process: subprocess.Popen[bytes], command: Command, requests: int, answers: int) -> None:
        self._process, self._command = process, command
        self._requests, self._answers = requests, answers
        self._read = b""
        self._finished: Finished | None = None

    @classmethod
    def start(cls, command: Command, argv: Sequence[str], env: Mapping[str, str], wrapped: bool) -> StandingProcess:
        """Start `argv`; see `supervise.begin`."""
        theirs_in, requests = os.pipe()
        answers, theirs_out = os.pipe()
        try:
            process = begin(command, argv, env, wrapped, (theirs_in, theirs_out))
        except BaseException:  # an interrupt too must not leave pipes open that nobody reads
            os.close(requests)
            os.close(answers)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        return cls(process, command, requests, answers)

    def ask(self, line: str, timeout_s: float) -> str | None:
        """The answer to a request; None where there was none in time, and where the process has ended."""
        if self._finished is not None:
            return None
        try:
            os.write(self._requests, line.encode() + b"\n")
        except OSError:  # it ended
            return None
        return self.hear(timeout_s)

    def hear(self, timeout_s: float) -> str | None:
        """The next line that it says; None where it says none in time, says too much, or has ended."""
        until = time.monotonic() + timeout_s
        while self._finished is None and b"\n" not in self._read and len(self._read) < _LONGEST_LINE:
            left = max(0.0, until - time.monotonic())
            if not select.select([self._answers], [], [], left)[0]:
                return None
            piece = os.read(self._answers, 1 << 16)
            if not piece:
                return None
            self._read += piece
        line, found, self._read = self._read.partition(b"\n")
        return line.decode(errors="replace") if found else None

    def close(self) -> Finished:
        """End it and all that it started; how it ended. A second call says the same."""
        if self._finished is None:
            for handle in (self._requests, self._answers):
                with contextlib.suppress(OSError):
                    os.close(handle)
            self._finished = end(self._process, self._command)
        return self._finished
