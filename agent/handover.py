"""From whichever Python a command was started with to `.venv/agent`, where labloop's packages are.

Runs before any package of ours is imported, so it needs the standard library only and no syntax newer than 3.8.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from importlib import metadata
from pathlib import Path

OLDEST = (3, 10)
PACKAGES = ("pydantic", "jinja2", "litellm", "pylatexenc", "rich")
_REPOSITORY = Path(__file__).resolve().parents[1]
_MARK = "LABLOOP_HANDED_OVER"  # set for the length of one exec, so that a broken environment cannot loop


def enter(command: str) -> None:
    """Be the command `agent/commands/<command>.py`, in an environment that can run it; ends the process."""
    folder = str(_REPOSITORY / "agent")  # first on the path of a started file; its modules are not to be found bare
    sys.path[:] = [str(_REPOSITORY), *(each for each in sys.path if each not in (folder, str(_REPOSITORY)))]
    ensure_environment()
    raise SystemExit(importlib.import_module("agent.commands." + command).main())


def ensure_environment(repository: Path = _REPOSITORY) -> None:
    """Returns where this Python can run labloop; else replaces the process by `.venv/agent`'s Python.

    Exits 3 with one message where there is no such environment, or it lacks packages too.
    """
    handed_over = os.environ.pop(_MARK, "") == "1"
    reason = unfit()
    if not reason:
        return
    python = repository / ".venv" / "agent" / "bin" / "python"
    if handed_over:
        _stop("{} is incomplete ({}); type `make setup` in {}".format(python, reason, repository))
    if not os.access(str(python), os.X_OK):
        made = os.path.lexists(str(python))
        _stop(_out_of_reach(python, repository) if made else _not_made(reason, python, repository))
    os.environ[_MARK] = "1"
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execv(str(python), [str(python), *_arguments()])
    except OSError as error:
        _stop("{} cannot be started ({}); type `make setup` in {}".format(python, error, repository))


def unfit() -> str:
    """Why this Python cannot run labloop: its age or the packages it lacks; empty where it can."""
    if sys.version_info < OLDEST:
        return "labloop needs Python {}.{} or newer, this is {}.{} ({})".format(
            *OLDEST, *sys.version_info[:2], sys.executable
        )
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        return "{} lacks the packages {}".format(sys.executable, ", ".join(missing))
    if metadata.version("pydantic").startswith(("0.", "1.")):
        return "{} has pydantic {}, labloop needs 2".format(sys.executable, metadata.version("pydantic"))
    return ""


def _not_made(reason: str, python: Path, repository: Path) -> str:
    return "{}; type `make setup` in {}, which makes {}".format(reason, repository, python.parents[1])


def _out_of_reach(python: Path, repository: Path) -> str:
    """An environment is there, but its Python was moved, or lies in another person's home."""
    try:
        os.stat(str(python))
        why = "this user may not run"
    except PermissionError:
        why = "this user may not run"
    except OSError:
        why = "is gone"
    return "{} leads to {}, which {}; type `make setup` with a Python that you may run, in {} or a clone of your own".format(
        python, os.path.realpath(str(python)), why, repository
    )


def _arguments() -> list[str]:
    """The arguments this Python was started with, its own flags (-X, -W, -m …) included."""
    return list(sys.orig_argv[1:]) if hasattr(sys, "orig_argv") else list(sys.argv)


def _stop(message: str) -> None:
    sys.stderr.write("error: " + message + "\n")
    raise SystemExit(3)
