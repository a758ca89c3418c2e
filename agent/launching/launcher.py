"""What a launcher is: it takes a command and what it needs of a machine, and says how the command finished."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agent.launching.companion import Companion
from agent.sandbox import Command, Finished


def never() -> bool:
    """Nobody asks for the end."""
    return False


@dataclass(frozen=True)
class Needs:
    """What a launch needs of a machine beside what its Command says."""

    name: str = ""
    """For people, in a queue and in the record of what ran beside another launch."""
    slot: bool = True
    """A share of the machine's cores, or one of its GPUs; False for what is done in a moment."""
    folder: Path | None = None
    """Where a launcher keeps what it must know of this launch, out of the command's reach; None for what is done in a moment."""
    fresh: tuple[Path, ...] = ()
    """Folders that must be as they are now wherever the command is begun a second time."""
    beside: Companion | None = None
    """What stands beside the command while it runs, on the same machine."""


class Handle(Protocol):
    """A command that was submitted."""

    def wait(self, stop: Callable[[], bool] = never) -> Finished:
        """How it finished, once it has. `stop()` asks for its end: it is then `interrupted`.

        Raises Interrupted where the session is to stop and it had not begun yet. What a signal handler raises while waiting
        is raised again once nothing of the command runs any more.
        """
        ...


class Launcher(Protocol):
    """Runs commands somewhere, each in the sandbox that works there."""

    name: str
    """As `--launcher` has it."""
    here: bool
    """Whether commands run on this machine."""

    @property
    def machines(self) -> str:
        """Which machines commands run on, where they are others than this one: results of other kinds are not shared. Empty here."""
        ...

    @property
    def gpus(self) -> int:
        """How many GPUs there are where a command runs, whether they work or not."""
        ...

    @property
    def room(self) -> int:
        """How many commands with a slot can run at once; at least 1. More may be submitted: they wait for their turn."""
        ...

    def submit(self, command: Command, needs: Needs) -> Handle:
        """Begin the command, or queue it where there is no room. Does not wait."""
        ...

    def holds(self, folder: Path | None) -> bool:
        """Whether a launch from this folder is under way, or has ended unheard: to submit it again is to wait for that one."""
        ...
