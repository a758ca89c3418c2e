"""bubblewrap: every namespace of its own, the whole file system read-only, HOME and /tmp not even there."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from agent.sandbox.command import Command, Finished
from agent.sandbox.knows import knows
from agent.sandbox.mounts import FIRST_PROCESS, SOCKETS, View, real_parent
from agent.sandbox.standing import StandingProcess
from agent.sandbox.supervise import STATUS_WORD, supervise

_GPU = ("nvidia*", "dri", "kfd")
_NAME_SERVICE = ("/run/systemd/resolve", "/run/NetworkManager/resolv.conf", "/run/opengl-driver", "/run/current-system")
_EMPTY_BYTES = 64_000_000
"""What may be written over a folder that is not there: it lies in memory."""
_SHARED = 0.25
"""Part of the memory limit that files in /dev/shm may take beside it."""


class Bwrap:
    """A sandbox of Linux namespaces. Works as root and as an ordinary user, where the system lets bubblewrap."""

    name = "bwrap"
    keeps_apart = True

    def __init__(self) -> None:
        self.program = shutil.which("bwrap") or "bwrap"  # by its path: what runs inside has another PATH

    def run(self, command: Command, stop: Callable[[], bool] = lambda: False) -> Finished:
        return supervise(command, self.wrap(command, told=True), _inside(command), stop, wrapped=True)

    def stand(self, command: Command) -> StandingProcess:
        return StandingProcess.start(command, self.wrap(command), _inside(command), wrapped=True)

    def wrap(self, command: Command, told: bool = False) -> list[str]:
        """The words that run it; `told`: with a first process that tells a signal from an exit status."""
        command.make_folders()
        temporary = command.scratch / "tmp"
        temporary.mkdir(exist_ok=True)
        words = [
            self.program,
            "--unshare-all",
            *closed_user_namespaces(self.program),
            *(["--share-net"] if command.network else []),
            "--die-with-parent",
            "--new-session",
            "--cap-drop",
            "ALL",
            "--ro-bind",
            "/",
            "/",
            "--proc",
            "/proc",
            "--ro-bind",
            "/proc/sys",
            "/proc/sys",
            "--dev",
            "/dev",
        ]
        for device in devices(command.gpus) if command.gpu else []:
            words += ["--dev-bind-try", str(device), str(device)]
        if command.memory_gb and knows(self.program, "--size"):  # what lies there is memory
            shared = str(int(command.memory_gb * 1e9 * _SHARED))
            words += ["--size", shared, "--perms", "1777", "--tmpfs", "/dev/shm", "--remount-ro", "/dev"]
        words += ["--bind", str(temporary.resolve()), "/tmp"]
        empty = _empty_folder(self.program)
        for folder in SOCKETS:
            if Path(folder).is_dir() and not Path(folder).is_symlink():
                words += [*empty, folder]
        for name in _NAME_SERVICE:
            words += ["--ro-bind-try", name, name]
        words += View.of(command).mounts(empty)
        program = str(real_parent(Path(command.argv[0]))) if os.path.isabs(command.argv[0]) else command.argv[0]
        first = _first(program) if told and knows(self.program, "--as-pid-1") else ["--"]
        return [*words, "--chdir", str(command.cwd.resolve()), *first, program, *command.argv[1:]]


def devices(gpus: Sequence[str] | None, folder: Path = Path("/dev")) -> list[Path]:
    """The device files of GPUs: of these by their numbers, of all where None; and those that every GPU needs.

    Where some are lent, the nodes by which graphics are drawn (dri) are kept back: CUDA needs none, and each leads to a GPU of its own.
    """
    if gpus is None:
        return [path for pattern in _GPU for path in sorted(folder.glob(pattern))]
    of_one = re.compile(r"nvidia\d+")
    lent = {f"nvidia{number}" for number in gpus}
    return [path for path in sorted(folder.glob("nvidia*")) if not of_one.fullmatch(path.name) or path.name in lent]


def _inside(command: Command) -> dict[str, str]:
    """Its environment. The folder behind /tmp goes by its short name: a socket's path may not be longer than about 100 characters."""
    return {**command.env, "TMPDIR": "/tmp"}


@functools.lru_cache(maxsize=4)
def closed_user_namespaces(program: str) -> tuple[str, ...]:
    """Flags that forbid further user namespaces inside, where bubblewrap knows them (0.8) and they work; else none."""
    flags = ("--unshare-user", "--disable-userns")
    try:
        done = subprocess.run(
            [program, *flags, "--ro-bind", "/", "/", "true"], capture_output=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return flags if done.returncode == 0 else ()


def _first(program: str) -> list[str]:
    """What stands before the command: as the namespace's first process a program for the interpreter that it runs in itself."""
    if not (os.path.isabs(program) and Path(program).name.startswith("python")):
        return ["--"]
    return ["--as-pid-1", "--", program, "-I", "-S", "-B", str(FIRST_PROCESS), STATUS_WORD]


def _empty_folder(program: str) -> tuple[str, ...]:
    """Flags that put an empty folder over another: it lies in memory, so it has a size where bubblewrap knows one."""
    return ("--size", str(_EMPTY_BYTES), "--tmpfs") if knows(program, "--size") else ("--tmpfs",)
