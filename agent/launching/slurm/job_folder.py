"""The files of one launch that is a job: what both sides, the session and the node, know of it.

attempts/003/job/
  job.json       the record: unique name, number in the queue, whether the session still waits for it
  command.json   what is to be run, with its limits
  job.sh         the batch script           slurm.log   what it said
  start/         folders as they were, for a second beginning
  claim-NAME     which job of this name has begun: a second one ends at once
  begun.json     where and when it began    alive       changes while it runs
  result.json    how the command finished
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from agent.launching.companion import Companion
from agent.sandbox import Command, Finished
from agent.sandbox.leavings import remove
from agent.session.files import write_json, write_text

_M = TypeVar("_M", bound=BaseModel)
_ENDLESS_S = 1e12
"""Stands for infinity, which JSON does not have."""


class JobRecord(BaseModel):
    """What the session knows of a job; written before it is submitted."""

    model_config = ConfigDict(frozen=True)

    name: str
    """Unique: no other job ever has it."""
    submission: int = 1
    """Which submission of this launch."""
    job_id: str = ""
    """As sbatch told it; empty where nobody heard it."""
    intended: float
    """When it was meant, seconds since 1970 by the session's clock."""
    state: Literal["open", "heard", "withdrawn"] = "open"
    """Open: it is, or may be, in the queue, or its result was not heard yet."""


class Work(BaseModel):
    """What the node is to do."""

    model_config = ConfigDict(frozen=True)

    command: Command
    beside: Companion | None = None
    sandbox: str
    """bwrap or plain, as the session decided."""
    fresh: tuple[Path, ...] = ()
    """Folders that must be as they were where it begins a second time."""


class Begun(BaseModel):
    """Where and when a job began, as its node says."""

    job: str
    """Its unique name."""
    job_id: str
    node: str = ""
    time: float = 0.0
    restarts: int = 0


class Result(BaseModel):
    """How a command finished on a node; or why it could not be run there."""

    job: str
    """The unique name of the job."""
    job_id: str
    node: str = ""
    finished: Finished | None = None
    problem: str = ""
    """Why nothing was run; empty where it was."""
    signalled: str = ""
    """The signal that asked the job to end; empty where none did."""


_WORK: TypeAdapter[Work] = TypeAdapter(Work)


@dataclass(frozen=True)
class JobFolder:
    """Every path of a launch's job, and what is read and written there."""

    root: Path

    @property
    def script(self) -> Path:
        return self.root / "job.sh"

    @property
    def log(self) -> Path:
        return self.root / "slurm.log"

    @property
    def alive(self) -> Path:
        return self.root / "alive"

    def claim(self, name: str) -> Path:
        return self.root / f"claim-{name}"

    def record(self) -> JobRecord | None:
        """What the session had noted; None where nothing was submitted from here, or the note is not whole."""
        return _read(self.root / "job.json", JobRecord)

    def note(self, record: JobRecord) -> JobRecord:
        """Write the record, durably."""
        write_text(self.root / "job.json", record.model_dump_json(indent=1) + "\n")
        return record

    def lay(self, work: Work) -> None:
        """Lay down what is to be run, with copies of what must be fresh."""
        remove(self.root)
        self.root.mkdir(parents=True, mode=0o700)  # a cluster's disk has many readers, and the environment lies here
        for number, folder in enumerate(work.fresh):
            shutil.copytree(folder, self._start(number), symlinks=True)
        ends = work.command.timeout_s if work.command.timeout_s < _ENDLESS_S else _ENDLESS_S
        value = _WORK.dump_python(work, mode="json")
        value["command"]["timeout_s"] = ends
        if value["beside"] is not None:
            value["beside"]["command"]["timeout_s"] = _ENDLESS_S
        write_json(self.root / "command.json", value)

    def work(self) -> Work:
        """What is to be run. Raises OSError, ValueError."""
        return _WORK.validate_json((self.root / "command.json").read_bytes())

    def begin_again(self, fresh: Sequence[Path]) -> None:
        """Put everything as it was before the job began: what it left, its signs of life, its result."""
        for path in (self.root / "begun.json", self.root / "result.json", self.alive):
            path.unlink(missing_ok=True)
        for number, folder in enumerate(fresh):
            remove(folder)
            shutil.copytree(self._start(number), folder, symlinks=True)

    def begun(self) -> Begun | None:
        return _read(self.root / "begun.json", Begun)

    def tell_begun(self, begun: Begun) -> None:
        write_text(self.root / "begun.json", begun.model_dump_json() + "\n")

    def result(self) -> Result | None:
        """The result; None where there is none yet."""
        return _read(self.root / "result.json", Result)

    def tell_result(self, result: Result) -> None:
        write_text(self.root / "result.json", result.model_dump_json() + "\n")

    def sign_of_life(self) -> str:
        """Changes while the job runs; empty where it does not show."""
        try:
            return self.alive.read_text(encoding="utf-8")
        except OSError:
            return ""

    def last_words(self) -> str:
        """The last lines of the batch script's log, in one; empty where it said nothing."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "; ".join(line.strip() for line in lines if line.strip())[-400:]

    def _start(self, number: int) -> Path:
        return self.root / "start" / str(number)


def _read(path: Path, kind: type[_M]) -> _M | None:
    try:
        return kind.model_validate_json(path.read_bytes())
    except (OSError, ValidationError, json.JSONDecodeError):
        return None
