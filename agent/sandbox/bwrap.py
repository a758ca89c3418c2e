"""bubblewrap: every namespace of its own, the whole file system read-only, HOME and /tmp not even there."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from agent.sandbox.command import Command, Finished
from agent.sandbox.environment import own_homes
from agent.sandbox.knows import knows
from agent.sandbox.standing import StandingProcess
from agent.sandbox.supervise import STATUS_WORD, supervise
from agent.session.paths import REPOSITORY

_GPU = ("nvidia*", "dri", "kfd")
# Sockets in here (docker, dbus, ssh agents) answer through a read-only mount too.
_SOCKETS = ("/run", "/var/run")
_NAME_SERVICE = ("/run/systemd/resolve", "/run/NetworkManager/resolv.conf", "/run/opengl-driver", "/run/current-system")
# Hidden even where HOME itself has to be readable, because the repository or an interpreter lies right in it.
_SECRETS = (
    ".ssh",
    ".aws",
    ".azure",
    ".gnupg",
    ".config",
    ".netrc",
    ".docker",
    ".kube",
    ".pypirc",
    ".npmrc",
    ".git-credentials",
    ".gitconfig",
    ".bash_history",
    ".zsh_history",
    ".python_history",
    ".env",
    ".cache/huggingface/token",
    ".cache/huggingface/stored_tokens",
    ".huggingface",
    ".password-store",
    ".local/share/keyrings",
    ".mozilla",
)
_CONFIGURATIONS = ".*.conf.yml"
"""Of coders and other tools, which people write keys into."""


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
        for folder in _SOCKETS:
            if Path(folder).is_dir() and not Path(folder).is_symlink():
                words += [*empty, folder]
        for name in _NAME_SERVICE:
            words += ["--ro-bind-try", name, name]
        homes = _homes()
        needed = [
            command.cwd,
            REPOSITORY,
            *command.readable,
            *_named_in(command.env),
            *_interpreter_paths(command.argv[0]),
        ]
        hidden = [*command.hidden, *_secret_paths(homes)]
        words += _mounts(homes, needed, [*command.writable, command.scratch], hidden, empty)
        first = _first(command.argv[0]) if told and knows(self.program, "--as-pid-1") else ["--"]
        return [*words, "--chdir", str(command.cwd.resolve()), *first, *command.argv]


def devices(gpus: Sequence[str] | None, folder: Path = Path("/dev")) -> list[Path]:
    """The device files of GPUs: of these by their numbers, of all where None; and those that every GPU needs."""
    found = [path for pattern in _GPU for path in sorted(folder.glob(pattern))]
    if gpus is None:
        return found
    of_one = re.compile(r"nvidia\d+")
    lent = {f"nvidia{number}" for number in gpus}
    return [path for path in found if not of_one.fullmatch(path.name) or path.name in lent]


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
    return [
        "--as-pid-1",
        "--",
        program,
        "-I",
        "-S",
        "-B",
        str(REPOSITORY / "agent/sandbox/supervisor/first.py"),
        STATUS_WORD,
    ]


def _mounts(
    homes: Iterable[Path],
    needed: Iterable[Path],
    writable: Iterable[Path],
    hidden: Iterable[Path],
    empty: Sequence[str] = ("--tmpfs",),
) -> list[str]:
    """Mounts ordered from the outside in, so that the deepest path decides; on the same path the later kind wins."""
    masked = [*homes, Path("/tmp"), *map(Path, _SOCKETS)]
    operations: dict[Path, list[str]] = {home: [*empty, str(home)] for home in homes}
    shown: list[Path] = []
    for path in sorted({_real_parent(path) for path in needed if path.exists()}, key=lambda path: len(path.parts)):
        if _below(path, masked) and not _below(path, shown):
            operations[path] = ["--ro-bind", str(path.resolve()), str(path)]
            shown.append(path)
    for path in hidden:
        if _below(path, masked) and not _below(path, shown):
            continue  # not there at all
        if os.path.isdir(path):
            operations[path.resolve()] = [*empty, str(path.resolve())]
        elif os.path.exists(path):
            operations[path.resolve()] = ["--ro-bind", "/dev/null", str(path.resolve())]
    for path in writable:
        operations[path.resolve()] = ["--bind", str(path.resolve()), str(path.resolve())]
    return [word for path in sorted(operations, key=lambda path: len(path.parts)) for word in operations[path]]


def _empty_folder(program: str) -> tuple[str, ...]:
    """Flags that put an empty folder over another: it lies in memory, so it has a size where bubblewrap knows one."""
    return ("--size", str(_EMPTY_BYTES), "--tmpfs") if knows(program, "--size") else ("--tmpfs",)


def _real_parent(path: Path) -> Path:
    """The path itself, links among its parents followed: an interpreter is looked for under its own name."""
    return path.parent.resolve() / path.name if path.name else path


def _below(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _homes() -> list[Path]:
    """Every home folder that exists: the user's, root's and the others'."""
    named = [*own_homes(), Path("/root"), Path("/home")]
    return sorted({path.resolve() for path in named if os.path.isdir(path) and path.resolve() != Path("/")})


def _secret_paths(homes: Iterable[Path]) -> list[Path]:
    folders = [*homes, REPOSITORY]
    named = [folder / name for folder in folders for name in _SECRETS]
    return [*named, *(path for folder in folders for path in folder.glob(_CONFIGURATIONS))]


def _named_in(env: Mapping[str, str]) -> list[Path]:
    """Folders that the environment tells the process to read."""
    names = [*env.get("PYTHONPATH", "").split(os.pathsep), env.get("LABLOOP_CACHE", ""), env.get("HF_HUB_CACHE", "")]
    return [Path(name) for name in names if name]


def _interpreter_paths(program: str) -> list[Path]:
    """What a Python needs of itself, wherever it lies: its venv, the links on the way, the installation below."""
    path = Path(program)
    if not path.is_absolute():
        return []
    found = [path.parent.parent] if (path.parent.parent / "pyvenv.cfg").is_file() else [path]
    for line in _lines(path.parent.parent / "pyvenv.cfg"):
        key, _, value = line.partition("=")
        if key.strip() == "home" and value.strip():
            found.append(Path(value.strip()).parent)
    while path.is_symlink():
        path = path.parent / path.readlink()
        found.append(path)
    if path.parent.name == "bin":
        found.append(path.resolve().parent.parent)
    # "/usr" and the like are there already; HOME itself is never needed whole.
    return [entry for entry in found if entry.resolve() not in {*_homes(), Path("/")}]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
