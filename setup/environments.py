"""One environment: its lock, the Python it may be made with, and a stamp that tells whether it is up to date."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import List, NamedTuple, Optional, Tuple

from setup import interpreters
from setup.interpreters import Version
from setup.steps import StepFailed, call, say

_FORMAT = "1"
_KEPT = {"pip", "setuptools", "wheel", "labloop"}  # not in every lock, harmless in every environment


class Environment(NamedTuple):
    """What `.venv/<name>` is made from."""

    name: str
    locks: Tuple[str, ...]
    """Files of requirements/, installed in one go; or the absolute path of a list elsewhere."""
    oldest: Version
    newest: Version
    imports: str
    """Statements that must run in it: the proof that it works."""
    editable: bool = False
    """Whether labloop itself is installed in it."""
    on_request: bool = False
    """Whether it is made only where its name is given."""
    resolved: bool = True
    """Whether the locks name every package; else pip adds what those that are named need."""


def gpu_present() -> bool:
    """Whether to take the CUDA lock: LABLOOP_CUDA=0 or 1 decides, else whether NVIDIA's driver is loaded."""
    told = os.environ.get("LABLOOP_CUDA", "")
    if told in ("0", "1"):
        return told == "1"
    driver = Path("/proc/driver/nvidia/version").exists() or Path("/dev/nvidiactl").exists()
    return driver or (Path("/dev/dxg").exists() and shutil.which("nvidia-smi") is not None)


def environments(cuda: bool) -> List[Environment]:
    """The three environments that sessions need, the slowest first, the benchmark's, and that of the GPU kernels' tests."""
    lock = "experiment-cuda.txt" if cuda else "experiment-cpu.txt"
    heavy = "import torch, numpy, transformers, matplotlib"
    light = "import pydantic, jinja2, rich, pytest"
    others = "import dictionary_learning, sparsify"
    return [
        Environment("experiment", (lock,), oldest=(3, 11), newest=(3, 12), imports=heavy),
        Environment("coder", ("coder.txt",), oldest=(3, 10), newest=(3, 12), imports="import aider"),
        Environment("agent", ("agent.txt", "dev.txt"), oldest=(3, 10), newest=(3, 14), imports=light, editable=True),
        Environment("bench", (lock, "bench.txt"), oldest=(3, 11), newest=(3, 12), imports=others, on_request=True),
        Environment(
            "triton",
            ("triton.txt",),
            oldest=(3, 11),
            newest=(3, 12),
            imports="import torch, triton",
            on_request=True,
            resolved=False,
        ),
    ]


def stamp(environment: Environment, repository: Path) -> str:
    """What a finished environment was made from: changes with each lock it takes, and with labloop's own commands."""
    digest = hashlib.sha256(_FORMAT.encode())
    names = ["requirements/" + lock for lock in environment.locks]
    for name in [*names, *(["pyproject.toml"] if environment.editable else [])]:
        digest.update(name.encode() + b"\0" + (repository / _path(name)).read_bytes() + b"\0")
    digest.update(str(repository.resolve()).encode())  # a moved environment has scripts that point elsewhere
    return digest.hexdigest()


def _path(name: str) -> str:
    """A lock's path below the repository; a list that lies elsewhere was named whole."""
    return name[len("requirements/") :] if name.startswith("requirements//") else name


def up_to_date(environment: Environment, repository: Path) -> bool:
    """Whether the environment was finished from exactly these locks and still has its Python."""
    folder = repository / ".venv" / environment.name
    try:
        made = (folder / ".labloop-stamp").read_text(encoding="utf-8").splitlines()[0]
    except (OSError, IndexError):
        return False
    return made == stamp(environment, repository) and runs(folder / "bin" / "python")


def runs(python: Path) -> bool:
    """Whether this user may run that Python; a link into another person's home is told as no, without an error."""
    return os.access(str(python), os.X_OK)


def stamped_for(folder: Path) -> Optional[Path]:
    """The checkout that a finished environment says it was made for; None where it does not say."""
    try:
        lines = (folder / ".labloop-stamp").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    return Path(lines[1]) if len(lines) > 1 else None


def make(environment: Environment, repository: Path) -> None:
    """Make or mend the environment. Raises StepFailed with the log, the cause and the command to retry."""
    started = time.monotonic()
    name, folder = environment.name, repository / ".venv" / environment.name
    log = repository / ".venv" / "logs" / (name + ".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("", encoding="utf-8")
    stamp_file = folder / ".labloop-stamp"
    if stamp_file.exists():
        stamp_file.unlink()
    python = _python(environment, folder, log)
    locks = [repository / "requirements" / lock for lock in environment.locks]
    _install(name, python, locks, log, environment.resolved)
    if name == "experiment" and _needs_cuda_libraries(folder) and "cuda" not in environment.locks[0]:
        say(name, "the package index gave torch's CUDA build: adding its libraries (some GB). For the CPU build, name")
        say(name, "PyTorch's CPU wheels in PIP_EXTRA_INDEX_URL, delete .venv/experiment and type `make setup` again")
        locks = [repository / "requirements" / "experiment-cuda.txt"]
        _install(name, python, locks, log)
    if environment.resolved:
        _remove_strays(name, python, locks, log)
    _compile(name, python, folder, log)
    if environment.editable:
        editable = ["--no-deps", "--no-build-isolation", "-e", str(repository)]
        call(name, [python, "-m", "pip", "install", "-q", *editable], log)
    call(name, [python, "-c", environment.imports], log, dict(os.environ, HF_HUB_OFFLINE="1"))
    stamp_file.write_text("{}\n{}\n".format(stamp(environment, repository), repository.resolve()), encoding="utf-8")
    say(name, "ready in {:.0f} s".format(time.monotonic() - started))


def _python(environment: Environment, folder: Path, log: Path) -> str:
    """The environment's Python, made first where there is none that works."""
    python = folder / "bin" / "python"
    version = interpreters.version_of(str(python)) if runs(python) else None
    if version and environment.oldest <= version <= environment.newest and _has_pip(str(python)):
        say(environment.name, "bringing the packages up to date")
        return str(python)
    found = interpreters.find(environment.oldest, environment.newest)
    if found is None:
        raise StepFailed(
            "{}: {}".format(environment.name, interpreters.none_found(environment.oldest, environment.newest))
        )
    say(environment.name, "Python {}.{} ({}), from {}".format(*found[1], found[0], " + ".join(environment.locks)))
    if folder.exists():
        shutil.rmtree(str(folder))
    call(environment.name, [found[0], "-m", "venv", str(folder)], log)
    return str(python)


def _has_pip(python: str) -> bool:
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _install(name: str, python: str, locks: List[Path], log: Path, resolved: bool = True) -> None:
    """`pip install` of the locks; those that name every package leave nothing to be resolved."""
    files = [word for lock in locks for word in ("-r", str(lock))]
    quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    call(
        name,
        [python, "-m", "pip", "install", *(["--no-deps"] if resolved else []), "--no-compile", *quiet, *files],
        log,
    )


def _compile(name: str, python: str, folder: Path, log: Path) -> None:
    """Byte-compile on all cores, tests left out: sandboxed processes cannot keep what they compile themselves."""
    site = next(folder.glob("lib/python*/site-packages"))
    argv = [python, "-m", "compileall", "-qq", "-j", "0", "-x", "/tests?/", "."]
    try:
        call(name, argv, log, cwd=site)
    except StepFailed as error:  # some packages ship templates that are no Python; nothing imports them
        with log.open("a", encoding="utf-8") as file:
            file.write("not everything was compiled: {}\n".format(error))


def _needs_cuda_libraries(folder: Path) -> bool:
    """Whether the torch that was installed asks for NVIDIA's libraries."""
    for path in folder.glob("lib/python*/site-packages/torch-*.dist-info/METADATA"):
        if re.search(r"^Requires-Dist: (nvidia|cuda)-\S*.*(linux|Linux)", path.read_text("utf-8"), re.MULTILINE):
            return os.uname().sysname == "Linux"
    return False


def _remove_strays(name: str, python: str, locks: List[Path], log: Path) -> None:
    """Uninstall what no lock names: left behind by an older lock or by hand."""
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    wanted = {canonical(line.split("==")[0]) for lock in locks for line in lock.read_text("utf-8").splitlines()}
    present = [canonical(package["name"]) for package in json.loads(listed.stdout or "[]")]
    strays = [package for package in present if package not in wanted | _KEPT]
    if strays:
        say(name, "removing {}, which no lock names".format(", ".join(strays)))
        call(name, [python, "-m", "pip", "uninstall", "-y", "-q", *strays], log)


def canonical(package: str) -> str:
    """A package's name as pip compares it."""
    return re.sub(r"[-_.]+", "-", package.strip()).lower()
