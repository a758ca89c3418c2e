"""Which sandbox works on this machine: found out by trying it, since its presence says little."""

from __future__ import annotations

import functools
import logging
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from agent.errors import CheckFailed
from agent.sandbox.bwrap import Bwrap
from agent.sandbox.command import Command, Sandbox
from agent.sandbox.environment import clean_environment
from agent.sandbox.plain import Plain

log = logging.getLogger(__name__)
_TRY = """
import sys
open("inside", "w").close()
try:
    open(sys.argv[1], "w").close()
except OSError:
    print("closed")
"""
_TRY_S = 30
ASK_ONCE = (
    "a model's code would run with this user's rights: give --sandbox plain once to run it all the same "
    '(kind = "plain" under [sandbox] in labloop.toml for good)'
)


def choose(setting: str, live: bool = False) -> Sandbox:
    """The sandbox for `auto`, `bwrap` or `plain`. `live`: code that nobody has seen yet will run in it.

    Raises CheckFailed, with the remedy, where bubblewrap does not work and was demanded, or live code was to run in it.
    """
    if setting == "plain":
        return Plain()
    problem = bwrap_problem()
    if not problem:
        return Bwrap()
    if setting == "bwrap":
        raise CheckFailed(
            f"bubblewrap does not work here: {problem}; or set --sandbox plain, which only finds out afterwards"
        )
    if live:
        raise CheckFailed(f"bubblewrap does not work here: {problem}; {ASK_ONCE}")
    log.warning("experiments run without namespaces (bubblewrap: %s)", problem)
    return Plain()


@functools.lru_cache(maxsize=1)
def bwrap_problem() -> str:
    """Why bubblewrap cannot be used on this machine, with the remedy; empty where it can."""
    if sys.platform != "linux":
        return "it exists on Linux only"
    if not shutil.which("bwrap"):
        return "it is not installed: apt-get install bubblewrap"
    with tempfile.TemporaryDirectory(prefix="labloop-try-") as name:
        folder = Path(name)
        inside, scratch, outside = folder / "in", folder / "scratch", folder / "outside"
        argv = (sys.executable, "-I", "-S", "-c", _TRY, str(outside))
        command = Bwrap().wrap(Command(argv, cwd=inside, scratch=scratch, writable=(inside,)))
        try:
            done = subprocess.run(
                command, env=clean_environment(scratch, {}), capture_output=True, text=True, timeout=_TRY_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{error}"
        if done.returncode != 0:
            return f"{done.stderr.strip()[-200:]} (Ubuntu: load AppArmor's profile bwrap-userns-restrict; Docker: allow user namespaces)"
        if outside.exists() or not (inside / "inside").exists():
            return "it runs, but does not keep files apart"
    return ""
