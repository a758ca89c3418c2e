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


def version_of(program: str) -> Optional[Version]:
    """The version of a Python, found by running it; None where it does not run or cannot make environments."""
    try:
        done = subprocess.run(
            [program, "-c", _TRY], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_TRY_S, check=False
        )
        major, minor = done.stdout.split()
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return int(major), int(minor)


def _programs(version: Version) -> Iterator[str]:
    """Where a Python of this version may lie: this one, the PATH, pyenv's, uv's."""
    name = "python{}.{}".format(*version)
    if sys.version_info[:2] == version and sys.prefix == sys.base_prefix:
        yield sys.executable
    for program in (name, "python3", "python"):
        found = shutil.which(program)
        if found:
            yield found
    home = Path.home()
    for pattern in (".pyenv/versions/{}.{}.*/bin/python3", ".local/share/uv/python/cpython-{}.{}.*/bin/python3"):
        yield from (str(path) for path in sorted(home.glob(pattern.format(*version)), reverse=True))
