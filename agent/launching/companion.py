"""A process that stands beside a command while it runs, where it runs: begun before it, ended after it.

A command may be handed what it works on by such a process. How the two speak is theirs to know; here it is seen to that
they are on one machine, and that whoever waits for the companion hears of its end.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

from agent.sandbox import Command, Finished, Sandbox
from agent.session.files import write_text
from agent.session.logs import shorten

log = logging.getLogger(__name__)
ENDED = "ended"
"""A file: why the companion has ended, laid where it did so before it was asked to."""


@dataclass(frozen=True)
class Companion:
    """A command that stands beside another."""

    command: Command
    told: tuple[Path, ...]
    """Folders in which its early end is told, in a file `ended`."""
    ledger: Path
    """A file of its own, which is there once it works."""
    what: str = "the process beside it"
    """What it is, for messages."""


@contextmanager
def standing_beside(sandbox: Sandbox, companion: Companion | None) -> Iterator[None]:
    """While the block runs, so does the companion; nothing where there is none."""
    if companion is None:
        yield
        return
    process = _Process(sandbox, companion)
    process.start()
    try:
        yield
    finally:
        process.end()


class _Process:
    """The companion, run to its end by a thread that is told when that is to be."""

    def __init__(self, sandbox: Sandbox, companion: Companion) -> None:
        self._sandbox, self._companion = sandbox, companion
        self._wanted_to_end = Event()
        self._thread = Thread(target=self._run, name="companion")

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Ask for its end and wait for it."""
        self._wanted_to_end.set()
        self._thread.join()

    def _run(self) -> None:
        companion = self._companion
        try:
            finished = self._sandbox.run(companion.command, self._wanted_to_end.is_set)
        except Exception as error:  # a thread's exception reaches nobody: it is told in the file
            log.exception("%s could not be run", companion.what)
            self._tell(f"{type(error).__name__}: {error}")
            return
        # Asked to end while it was starting, it may end badly; one that was at work and did has failed before it was asked.
        failed = (finished.exit_code or 0) > 0 and companion.ledger.is_file()
        if failed or not finished.interrupted:
            self._tell(_how(finished, companion.command.stderr))

    def _tell(self, how: str) -> None:
        """Say it to the command, which may be waiting, and to whoever judges it."""
        reason = f"{self._companion.what} ended: {how} (its log: {self._companion.command.stderr})"
        log.warning("%s", reason)
        for folder in self._companion.told:
            write_text(folder / ENDED, reason)


def _how(finished: Finished, stderr: Path) -> str:
    """The limit that ended it, else its last line, else its exit status."""
    if finished.limit:
        return finished.limit
    lines = stderr.read_text(encoding="utf-8", errors="replace").split("\n") if stderr.is_file() else []
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return shorten(last, 300) if last else f"exit status {finished.exit_code}"
