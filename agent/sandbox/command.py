"""What is run in a sandbox, what comes of it, and what a sandbox is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Command:
    """One process to run. All paths are absolute; `argv[0]` is an absolute path or found on the env's PATH."""

    argv: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str]
    """The whole environment of the process; see `clean_environment`."""
    writable: tuple[Path, ...]
    """Folders it may write (made where missing); `scratch` is always one."""
    stdout: Path
    stderr: Path
    scratch: Path
    """HOME, TMPDIR and caches."""
    timeout_s: float
    network: bool = False
    readable: tuple[Path, ...] = ()
    """What it must read although it lies under HOME or /tmp, which are hidden."""
    hidden: tuple[Path, ...] = ()
    """What it must not even read."""
    memory_gb: float | None = None
    """Resident memory of the whole tree after which it is ended."""
    gpu: bool = True


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
    left_behind: int = 0
    """Processes that outlived the command and were killed."""


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

    def wrap(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        writable: Sequence[Path],
        scratch: Path,
        network: bool,
        readable: Sequence[Path] = (),
    ) -> list[str]:
        """The argument list that runs `argv` inside, for a long-lived worker that the caller starts and ends.

        Start it from the main thread: it dies with the thread that started it.
        """
        ...
