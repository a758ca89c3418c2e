"""What a program's own help says it can do."""

from __future__ import annotations

import functools
import subprocess


def knows(program: str, flag: str) -> bool:
    """Whether a program's --help names the flag."""
    return flag in _help(program).split()


@functools.lru_cache(maxsize=8)
def _help(program: str) -> str:
    try:
        done = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout + done.stderr
