"""Slurm's programs: asked without a shell, within a time, in one language."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_WAIT_S = 60.0
"""Slurm's own time-out of one message is 10 s by default, and a program may send several."""
NO_WORD = -1
"""Status of a program that was not there, or did not come back in time."""
_KEPT = ("SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_CLUSTERS", "SLURM_JWT")
_OF_PROGRAMS = ("SLURM_", "SBATCH_", "SQUEUE_", "SACCT_", "SCANCEL_")
"""How the variables begin by which Slurm's programs are told what to do."""


@dataclass(frozen=True)
class Said:
    """What a program said."""

    status: int
    out: str = ""
    err: str = ""

    @property
    def line(self) -> str:
        """Its complaint in one line."""
        lines = [line.strip() for line in (self.err or self.out).splitlines() if line.strip()]
        return "; ".join(lines)[-400:] or f"exit status {self.status}"


Ask = Callable[[Sequence[str]], Said]


def ask(words: Sequence[str], wait_s: float = _WAIT_S) -> Said:
    """Run one of Slurm's programs; NO_WORD where it is not installed, and where it does not come back."""
    try:
        done = subprocess.run(
            list(words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=wait_s,
            check=False,
            env=environment(os.environ),
        )
    except subprocess.TimeoutExpired:
        return Said(NO_WORD, err=f"{words[0]} did not come back within {wait_s:.0f} s")
    except OSError as error:
        return Said(NO_WORD, err=f"{words[0]}: {error.strerror}")
    return Said(done.returncode, done.stdout, done.stderr)


def environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's own without what a job gives to those that run in it (a session may run within an allocation, and its jobs
    ask for their own), and without what stands there for the user's own use of these programs: SBATCH_… goes before the
    batch script, and SQUEUE_… and its like filter or order what is answered.
    """
    mine = {name: value for name, value in environ.items() if name in _KEPT or not name.startswith(_OF_PROGRAMS)}
    return {**mine, "LC_ALL": "C", "SLURM_TIME_FORMAT": "standard"}
