"""What of the disk is there inside: in which order folders are emptied, shown, hidden and opened for writing."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.sandbox.command import Command
from agent.sandbox.environment import own_homes
from agent.session.paths import REPOSITORY

FIRST_PROCESS = REPOSITORY / "agent/sandbox/supervisor/first.py"
SOCKETS = ("/run", "/var/run")
"""Sockets in here (docker, dbus, ssh agents) answer through a read-only mount too."""
_SYSTEM = frozenset(
    [
        "apps",
        "bin",
        "boot",
        "cvmfs",
        "dev",
        "etc",
        "gnu",
        "home",
        "lib",
        "lib32",
        "lib64",
        "libx32",
        "lost+found",
        "nix",
        "opt",
        "proc",
        "root",
        "run",
        "sbin",
        "snap",
        "software",
        "sw",
        "sys",
        "tmp",
        "usr",
        "var",
    ]
)
"""Names below / of what programs need and no data lies in; homes and /tmp are emptied as ever."""
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


@dataclass(frozen=True)
class View:
    """What of the disk a command sees: all of it but `homes`, /tmp, sockets and what is `closed`, in which only what it needs is there."""

    homes: tuple[Path, ...]
    needed: tuple[Path, ...]
    writable: tuple[Path, ...]
    hidden: tuple[Path, ...] = ()
    closed: tuple[Path, ...] = ()

    @classmethod
    def of(cls, command: Command) -> View:
        """That of a command; one that names what is closed to it is shown nothing of the checkout either."""
        homes = _homes()
        needed = [command.cwd, *command.readable, *_interpreter_paths(command.argv[0]), *_libraries(command.env)]
        hidden = (*command.hidden, *_secret_paths(homes))
        writable = (*command.writable, command.scratch)
        if not command.closed:
            needed += [REPOSITORY, *_named_in(command.env)]
            return cls(tuple(homes), tuple(needed), writable, hidden)
        named = {path.resolve() for path in (*command.closed, REPOSITORY)} | set(_data_folders())
        closed = {path for path in named - set(homes) if not _is_the_systems(path)}
        needed += [FIRST_PROCESS, *_models(command.env)]
        return cls(tuple(homes), tuple(needed), writable, hidden, tuple(closed))

    def mounts(self, empty: Sequence[str] = ("--tmpfs",)) -> list[str]:
        """Words for bubblewrap, from the outside in, so that the deepest path decides; on the same path the later kind wins."""
        masked = {*self.homes, *self.closed, Path("/tmp"), *map(Path, SOCKETS)}
        operations = {path: [*empty, str(path)] for path in (*self.homes, *self.closed)}
        shown: set[Path] = set()
        for path in sorted(
            {real_parent(path) for path in self.needed if path.exists()}, key=lambda path: len(path.parts)
        ):
            if path in self.closed:
                continue  # it is named by what lies in it
            if _nearest(path, masked | shown) in masked:
                operations[path] = ["--ro-bind", str(path.resolve()), str(path)]
                shown.add(path)
        for path in self.hidden:
            if _nearest(path, masked | shown) in masked - shown:
                continue  # not there at all
            if os.path.isdir(path):
                operations[path.resolve()] = [*empty, str(path.resolve())]
            elif os.path.exists(path):
                operations[path.resolve()] = ["--ro-bind", "/dev/null", str(path.resolve())]
        for path in self.writable:
            operations[path.resolve()] = ["--bind", str(path.resolve()), str(path.resolve())]
        words = [word for path in sorted(operations, key=lambda path: len(path.parts)) for word in operations[path]]
        still_empty = [
            path for path in self.closed if operations[path][-1] == str(path) and "--bind" not in operations[path]
        ]
        return [*words, *(word for path in still_empty for word in ("--remount-ro", str(path)))]


def _nearest(path: Path, folders: Collection[Path]) -> Path | None:
    """The deepest of these folders in which the path lies, or which it is."""
    return next((each for each in (path, *path.parents) if each in folders), None)


def _is_the_systems(path: Path) -> bool:
    """/ itself, /usr and the like: programs need them whole."""
    return path == Path("/") or (path.parent == Path("/") and path.name in _SYSTEM)


def _data_folders() -> list[Path]:
    """Folders right below / that are no system's: other checkouts, disks with data, a cluster's file systems."""
    try:
        entries = [entry for entry in Path("/").iterdir() if entry.is_dir() and not entry.is_symlink()]
    except OSError:
        return []
    return [entry for entry in entries if not _is_the_systems(entry)]


def _libraries(env: Mapping[str, str]) -> list[Path]:
    """Where the environment says that libraries lie."""
    named = [*env.get("LD_LIBRARY_PATH", "").split(os.pathsep), env.get("CUDA_HOME", "")]
    return [Path(name) for name in named if os.path.isabs(name)]


def _models(env: Mapping[str, str]) -> list[Path]:
    """The hub's models that were fetched before."""
    return [Path(env["HF_HUB_CACHE"])] if env.get("HF_HUB_CACHE") else []


def real_parent(path: Path) -> Path:
    """The path itself, links among its parents followed: an interpreter is looked for under its own name."""
    return path.parent.resolve() / path.name if path.name else path


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
