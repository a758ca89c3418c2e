"""Training data from a process of its own: started beside an experiment, ended after it, its count read into the result.

A template's `[data] command` hands out data in a folder that the experiment finds as LABLOOP_DATA and can only read; how
they speak there is the template's own affair. What was handed out the process counts in a ledger that the experiment
never sees: it becomes `drawn` of the result, in place of whatever the experiment may have written there.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Thread

from agent.experiment.launch import Bench, Place, command_for, fill
from agent.results.final_info import BadResults, read_object
from agent.sandbox import Command, Finished, Sandbox
from agent.sandbox.leavings import remove
from agent.session.files import write_text
from agent.session.logs import shorten
from agent.session.paths import AttemptPaths
from agent.session.run_info import RunInfo

log = logging.getLogger(__name__)

VARIABLE = "LABLOOP_DATA"
ENDED = "ended"
"""A file of the shared folder: why the process has ended, laid there where it did so before it was asked to."""
_LEDGER_BYTES = 20_000
_NOTHING = {"tokens": 0}
"""What a ledger says of a launch to which nothing was handed."""


@dataclass(frozen=True)
class HandingOut:
    """What an experiment's place needs, so that it is handed its data."""

    readable: tuple[Path, ...] = ()
    env: tuple[tuple[str, str], ...] = ()

    def at(self, place: Place) -> Place:
        """The place with it."""
        return replace(place, readable=(*place.readable, *self.readable), env={**place.env, **dict(self.env)})


@contextmanager
def handing_out(bench: Bench, paths: AttemptPaths, seed: int) -> Iterator[HandingOut]:
    """The process that hands out data, there while the block runs; nothing where the template has none.

    Raises CheckFailed where its environment is missing. How it fared, `drawn_into` says afterwards.
    """
    if bench.template.data is None:
        yield HandingOut()
        return
    for folder in (paths.handed, paths.data):
        remove(folder)
        folder.mkdir(parents=True)
    values = {"folder": str(paths.handed), "ledger": str(paths.ledger), "seed": str(seed)}
    place = replace(Place.within(paths.data), writable=(paths.handed, paths.data))
    command = command_for(bench, fill(bench.template.data.command, values), place, math.inf, may_write_cache=True)
    process = _Process(bench.sandbox, command, paths)
    process.start()
    try:
        yield HandingOut(readable=(paths.handed,), env=((VARIABLE, str(paths.handed)),))
    finally:
        process.end()
        for folder in (paths.handed, place.scratch):
            remove(folder)


def data_problem(bench: Bench, paths: AttemptPaths) -> str:
    """Why the process that was to hand out data did not, or not to the end; empty where it did, or there was none."""
    told = paths.data / ENDED
    if bench.template.data is None or not told.is_file():
        return ""
    return told.read_text(encoding="utf-8")


def drawn_into(bench: Bench, info: RunInfo, paths: AttemptPaths) -> RunInfo | BadResults:
    """The result with `drawn`: what the ledger says was handed out; without any where the template has no such process."""
    if bench.template.data is None:
        return RunInfo({name: value for name, value in info.written().items() if name != "drawn"})
    if not paths.ledger.exists():  # the launch was over before anything was asked for
        return RunInfo({**info.written(), "drawn": dict(_NOTHING)})
    ledger = read_object(paths.ledger, _LEDGER_BYTES)
    if isinstance(ledger, BadResults):
        return BadResults(f"what was handed out is not known: {ledger.reason}")
    return RunInfo({**info.written(), "drawn": ledger})


class _Process:
    """The data process, run to its end by a thread that is told when that is to be."""

    def __init__(self, sandbox: Sandbox, command: Command, paths: AttemptPaths) -> None:
        self._sandbox, self._command, self._paths = sandbox, command, paths
        self._wanted_to_end = Event()
        self._thread = Thread(target=self._run, name="data")

    def start(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Ask for its end and wait for it."""
        self._wanted_to_end.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            finished = self._sandbox.run(self._command, self._wanted_to_end.is_set)
        except Exception as error:  # a thread's exception reaches nobody: it is told in the file
            log.exception("the process that hands out data could not be run")
            self._tell(f"{type(error).__name__}: {error}")
            return
        # Asked to end while it was starting, it may end badly; one that was handing out and did has failed before it was asked.
        failed = (finished.exit_code or 0) > 0 and self._paths.ledger.is_file()
        if failed or not finished.interrupted:
            self._tell(_how(finished, self._command.stderr))

    def _tell(self, how: str) -> None:
        """Say it to the experiment, which may be waiting, and to whoever judges the launch."""
        reason = f"the process that hands out training data ended: {how} (its log: {self._command.stderr})"
        log.warning("%s", reason)
        for folder in (self._paths.data, self._paths.handed):
            write_text(folder / ENDED, reason)


def _how(finished: Finished, stderr: Path) -> str:
    """The limit that ended it, else its last line, else its exit status."""
    if finished.limit:
        return finished.limit
    lines = stderr.read_text(encoding="utf-8", errors="replace").split("\n") if stderr.is_file() else []
    last = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return shorten(last, 300) if last else f"exit status {finished.exit_code}"
