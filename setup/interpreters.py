"""Which Python an environment is made with."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Iterator, List, Optional, Tuple

Version = Tuple[int, int]
_TRY = "import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])"
_TRY_S = 20
# Tried in this order: what the locks were tested with first.
PREFERRED: List[Version] = [(3, 11), (3, 12), (3, 10), (3, 13), (3, 14)]


def find(oldest: Version, newest: Version) -> Optional[Tuple[str, Version]]:
    """A Python from `oldest` to `newest` that can make environments, and its version; None where there is none.

    LABLOOP_PYTHON names one that is tried before all others.
    """
    named = os.environ.get("LABLOOP_PYTHON", "")
    wanted = [version for version in PREFERRED if oldest <= version <= newest]
    tried = set()
    for program in [named] if named else []:
        version = version_of(program)
        if version and oldest <= version <= newest:
            return program, version
    for version in wanted:
        for program in _programs(version):
            if program not in tried and version_of(program) == version:
                return program, version
            tried.add(program)
    return None


def none_found(oldest: Version, newest: Version) -> str:
    """What to say where `find` finds nothing: which Pythons there are and why they will not do, and what helps."""
    ends = "{}.{} to {}.{}".format(*oldest, *newest)
    best = "{}.{}".format(*next(version for version in [(3, 12), *PREFERRED] if oldest <= version <= newest))
    seen = _unfit(oldest, newest)
    return (
        "no Python {ends} that can make environments was found{seen}. Without root: `uv python install {best}`, `pyenv install "
        "{best}`, or `conda create -n labloop python={best}` with LABLOOP_PYTHON=the path of its python; with root: your "
        "distribution's python{best} and python{best}-venv where it has them (macOS: brew install python@{best}). Then type "
        "`make setup`".format(ends=ends, best=best, seen=" (" + "; ".join(seen) + ")" if seen else "")
    )


def _unfit(oldest: Version, newest: Version) -> List[str]:
    """Each Python that was looked at, and why it will not do."""
    named = os.environ.get("LABLOOP_PYTHON", "")
    programs = [named] if named else []
    programs += [name for version in PREFERRED for name in _programs(version)] + [sys.executable]
    told = {}
    for program in programs:
        real = os.path.realpath(shutil.which(program) or program)
        version = version_of(program)
        if version is None:
            told[real] = "{} does not run, or lacks venv and ensurepip".format(program)
        elif not oldest <= version <= newest:
            age = "older than {}.{}".format(*oldest) if version < oldest else "newer than {}.{}".format(*newest)
            told.setdefault(real, "{} is {}.{}, {}".format(program, version[0], version[1], age))
    return list(told.values())


def version_of(program: str) -> Optional[Version]:
    """The version of a Python, found by running it; None where it does not run or cannot make environments."""
    try:
        done = subprocess.run(
            [program, "-c", _TRY], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TRY_S, check=False
        )
        major, minor = map(int, done.stdout.split())
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return major, minor


def _programs(version: Version) -> Iterator[str]:
    """Where a Python of this version may lie: this one, the PATH, pyenv's, uv's."""
    name = "python{}.{}".format(*version)
    if sys.version_info[:2] == version and sys.prefix == sys.base_prefix:
        yield sys.executable
    for program in (name, "python3", "python"):
        found = shutil.which(program)
        if found:
            yield found
    try:
        home = Path.home()
    except RuntimeError:  # a user id without a name, and no HOME
        return
    for pattern in (".pyenv/versions/{}.{}.*/bin/python3", ".local/share/uv/python/cpython-{}.{}.*/bin/python3"):
        yield from (str(path) for path in sorted(home.glob(pattern.format(*version)), reverse=True))
