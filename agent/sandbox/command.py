"""What is run in a sandbox, what comes of it, and what a sandbox is."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from agent.session.cost import Cost


@dataclass(frozen=True)
class Command:
    """One process to run. All paths are absolute; `argv[0]` is an absolute path or found on the env's PATH.

    What only `run` needs (env, logs, limits) may be left out where a command is to be wrapped.
    """

    argv: tuple[str, ...]
    cwd: Path
    scratch: Path
    """HOME, TMPDIR and caches."""
    writable: tuple[Path, ...]
    """Folders it may write (made where missing); `scratch` is always one."""
    env: Mapping[str, str] = field(default_factory=dict)
    """The whole environment of the process; see `clean_environment`."""
    stdout: Path = Path(os.devnull)
    stderr: Path = Path(os.devnull)
    timeout_s: float = math.inf
    network: bool = False
    readable: tuple[Path, ...] = ()
    """What it must read although it lies under HOME or /tmp, which are hidden."""
    hidden: tuple[Path, ...] = ()
    """What it must not even read."""
    closed: tuple[Path, ...] = ()
    """Folders of which only what is `readable` or `writable` is there. Where some are named, the checkout and the disk's data folders are too."""
    memory_gb: float | None = None
    """Resident memory of the whole tree after which it is ended."""
    file_gb: float | None = None
    """Size beyond which it cannot write a file."""
    processes: int | None = None
    """Processes of the whole tree after which it is ended."""
    gpu: bool = True
    gpus: tuple[str, ...] | None = None
    """Which GPUs it may reach, by the numbers of their devices; all where None."""
    report: Path | None = None
    """Where the supervisor writes how it ended, before it tells anybody: whoever started it may be gone by then."""
    held: tuple[int, ...] = ()
    """Open files that the supervisor keeps open until the last process of the command is gone."""

    def make_folders(self) -> None:
        """Make what it may write, where it is missing."""
        for folder in (*self.writable, self.scratch):
            folder.mkdir(parents=True, exist_ok=True)


@dataclass(frozen=True)
class Finished:
    """How a process ended. Its output lies in the command's files, cut in the middle where very long."""

    exit_code: int | None
    """Exit status, negative for a signal; None where it is not known."""
    timed_out: bool
    seconds: float
    """Wall time."""
    interrupted: bool = False
    """`stop()` asked for the end."""
    out_of_memory: bool = False
    """It went past `memory_gb`."""
    too_many_processes: bool = False
    """It went past `processes`."""
    limit: str = ""
    """The limit that ended it, in words, with its setting."""
    started: bool | None = None
    """Whether the command itself ran, not only the sandbox round it; None where that is not known."""
    left_behind: int = 0
    """Processes that outlived the command and were killed."""
    beside: tuple[str, ...] = ()
    """What was seen in other slots of the machine while it ran, by name."""
    threads: int | None = None
    """Threads that it was given; None where it had the whole machine."""
    cost: Cost | None = None
    """What it cost, as its supervisor measured it; None where nothing ran."""

    @property
    def ended_by_limit(self) -> bool:
        return self.out_of_memory or self.too_many_processes


class Standing(Protocol):
    """A command that stays: it reads requests from its stdin and answers on its stdout, a line each."""

    def ask(self, line: str, timeout_s: float) -> str | None:
        """The answer to a request; None where there was none in time, and where the process has ended."""
        ...

    def hear(self, timeout_s: float) -> str | None:
        """The next line that it says; None where it says none in time, says too much, or has ended."""
        ...

    def close(self) -> Finished:
        """End it and all that it started; how it ended. A second call says the same."""
        ...


class Sandbox(Protocol):
    """Runs commands out of reach of everything they were not given."""

    name: str
    keeps_apart: bool
    """What is not writable cannot be written; where False, that is only found out afterwards (`guard.py`)."""

    def run(self, command: Command, stop: Callable[[], bool] = lambda: False) -> Finished:
        """Run to the end, the time limit or `stop()`; afterwards no process of the command is left.

        KeyboardInterrupt is raised again once the whole tree is gone.
        """
        ...

    def stand(self, command: Command) -> Standing | None:
        """Start a command that stays and is asked by lines. None where an experiment could reach it."""
        ...

    def wrap(self, command: Command) -> list[str]:
        """The argument list that runs the command inside, for a long-lived worker that the caller starts and ends.

        Start it from the main thread: it dies with the thread that started it.
        """
        ...
