"""`python3 -m setup [NAME …] [--template FOLDER]`: make what is missing of environments and system packages.

`make setup` calls it; with `TEMPLATE=FOLDER` a template's own environment is made too. The name `slurm` is that of the
packages for the tests on a real Slurm, which nobody gets who does not ask.
"""

from __future__ import annotations

import fcntl
import os
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Callable, Dict, List, TextIO, Tuple

from setup.environments import Environment, environments, gpu_present, make, up_to_date
from setup.interpreters import find
from setup.others import sort_out
from setup.own import own_environment
from setup.steps import StepFailed, say
from setup.system import install, listed, missing, python_packages

REPOSITORY = Path(__file__).resolve().parents[1]
_LISTS = ("system", "slurm")
LOGS = REPOSITORY / ".venv" / "logs"
if (REPOSITORY / ".venv").is_symlink():  # another checkout's, into which nothing is written
    LOGS = Path(tempfile.gettempdir()) / "labloop-setup-{}".format(os.getuid()) / "logs"


def main(words: List[str]) -> int:
    """0 when everything asked for is there; 2 for an unknown name, 3 when a step failed."""
    names, templates = _asked(words)
    known = {environment.name: environment for environment in environments(gpu_present())}
    wanted = [each for each in known.values() if each.name in names or not (names or each.on_request)]
    unknown = [name for name in names if name not in known and name not in _LISTS]
    if unknown:
        sys.stderr.write("error: setup knows {}, system, slurm; not {}\n".format(", ".join(known), ", ".join(unknown)))
        return 2
    wanted += [own_environment(folder, known) for folder in templates]
    lists = [name for name in _LISTS if name in (names or ["system"])]
    wanted, failures = sort_out(wanted, REPOSITORY)
    if not failures and not _lacking(wanted, lists):  # nothing is written: the folder may be read-only
        say("all", "up to date")
        return 0
    started = time.monotonic()
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS.parent / ".setup-lock").open("w") as lock:
        _take_turns(lock)
        work = _work(wanted, lists)  # looked at again: another set-up may have done it meanwhile
        if work:
            say("all", "making {} (logs in .venv/logs)".format(", ".join(work)))
        elif not failures:
            say("all", "up to date")
            return 0
        failures += _together(work)
    for failure in failures:
        sys.stderr.write("error: {}\n".format(failure))
    if not failures:
        say("all", "done in {:.0f} s".format(time.monotonic() - started))
    return 3 if failures else 0


def _lacking(wanted: List[Environment], lists: List[str]) -> bool:
    """Whether there is anything to do."""
    if not all(up_to_date(environment, REPOSITORY) for environment in wanted):
        return True
    return any(_packages(name) for name in lists)


def _packages(name: str) -> List[str]:
    """Those of a list in requirements/ that are missing."""
    return missing(listed(REPOSITORY / "requirements" / "{}.txt".format(name)))


def _asked(words: List[str]) -> Tuple[List[str], List[Path]]:
    """The names, and the folder after each `--template`."""
    names, folders, rest = [], [], iter(words)
    for word in rest:
        if word == "--template":
            folders.append(Path(next(rest, "")))
        else:
            names.append(word)
    return names, folders


def _take_turns(lock: TextIO) -> None:
    """Wait while another `make` sets up the same folder."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("all", "waiting for another set-up of this folder")
        fcntl.flock(lock, fcntl.LOCK_EX)


def _work(wanted: List[Environment], lists: List[str]) -> Dict[str, Callable[[], None]]:
    """What there is to do, by name; a Python is installed at once where none is there to begin with."""
    todo = [environment for environment in wanted if not up_to_date(environment, REPOSITORY)]
    lacking = [each for each in todo if find(each.oldest, each.newest) is None]
    if lacking:  # where apt has none either, each environment says what helps
        oldest, newest = max(each.oldest for each in lacking), min(each.newest for each in lacking)
        install(python_packages(oldest, newest), LOGS / "system.log")
    work: Dict[str, Callable[[], None]] = {each.name: partial(make, each, REPOSITORY) for each in todo}
    packages = [package for name in lists for package in _packages(name)]
    if packages:
        work[" and ".join(lists)] = partial(install, packages, LOGS / "system.log")
    return work


def _together(work: Dict[str, Callable[[], None]]) -> List[str]:
    """Do all of it at the same time; the messages of what failed."""
    failures: List[str] = []

    def attempt(step: Callable[[], None]) -> None:
        try:
            step()
        except StepFailed as error:
            failures.append(str(error))
        except OSError as error:  # a full disk or a folder that cannot be written, met outside a command
            failures.append("{}; then type `make setup`".format(error))

    threads = [threading.Thread(target=attempt, args=(step,), name=name, daemon=True) for name, step in work.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except PermissionError as error:
        sys.stderr.write(
            "error: {}; type `make setup` as who owns the folder, or in a clone of your own\n".format(error)
        )
        sys.exit(3)
    except (OSError, StepFailed) as error:
        sys.stderr.write("error: {}; then type `make setup`\n".format(error))
        sys.exit(3)
    except KeyboardInterrupt:
        sys.stderr.write("\nsetup: stopped; `make setup` goes on from here\n")
        sys.exit(130)
