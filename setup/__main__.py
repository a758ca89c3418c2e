"""`python3 -m setup [NAME …]`: make what is missing of the environments and system packages; `make setup` calls it."""

from __future__ import annotations

import fcntl
import sys
import threading
import time
from pathlib import Path
from typing import Callable, Dict, List

from setup import system
from setup.environments import environments, gpu_present, make, up_to_date
from setup.steps import StepFailed, say

REPOSITORY = Path(__file__).resolve().parents[1]


def main(names: List[str]) -> int:
    """0 when everything asked for is there; 2 for an unknown name, 3 when a step failed."""
    known = {environment.name: environment for environment in environments(gpu_present())}
    unknown = [name for name in names if name not in known and name != "system"]
    if unknown:
        sys.stderr.write("error: setup knows {}, system; not {}\n".format(", ".join(known), ", ".join(unknown)))
        return 2
    started = time.monotonic()
    logs = REPOSITORY / ".venv" / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (REPOSITORY / ".venv" / ".setup-lock").open("w") as lock:  # two `make` at once take turns
        fcntl.flock(lock, fcntl.LOCK_EX)
        work: Dict[str, Callable[[], None]] = {}
        for name, environment in known.items():
            if (not names or name in names) and not up_to_date(environment, REPOSITORY):
                work[name] = lambda environment=environment: make(environment, REPOSITORY)
        if not names or "system" in names:
            packages = system.missing(system.wanted(REPOSITORY / "requirements" / "system.txt"))
            if packages:
                work["system"] = lambda: system.install(packages, logs / "system.log")
        if not work:
            say("all", "up to date")
            return 0
        say("all", "making {} (logs in .venv/logs)".format(", ".join(work)))
        failures = _together(work)
    for failure in failures:
        sys.stderr.write("error: {}\n".format(failure))
    if not failures:
        say("all", "done in {:.0f} s".format(time.monotonic() - started))
    return 3 if failures else 0


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
    except KeyboardInterrupt:
        sys.stderr.write("\nsetup: stopped; `make setup` goes on from here\n")
        sys.exit(130)
