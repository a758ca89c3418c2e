"""Environments that are not this checkout's: a link, or one whose stamp names another checkout, is left alone and said."""

from __future__ import annotations

import os
from pathlib import Path
from typing import List, Tuple

from setup.environments import Environment, runs, stamped_for
from setup.steps import say


def sort_out(wanted: List[Environment], repository: Path) -> Tuple[List[Environment], List[str]]:
    """Those that set-up may make or mend here, and what is wrong with those that it may not and that do not work."""
    ours, broken = [], []
    for environment in wanted:
        reason = not_ours(environment.name, repository)
        if not reason:
            ours.append(environment)
        elif runs(repository / ".venv" / environment.name / "bin" / "python"):
            say(environment.name, "{}: it is used as it is, and left alone".format(reason))
        else:
            broken.append(
                "{}: {}, and there is no Python in it that this user may run; set it up where it belongs, or remove it here and type `make setup`, "
                "which then makes one of this checkout's own".format(environment.name, reason)
            )
    return ours, broken


def not_ours(name: str, repository: Path) -> str:
    """Why `.venv/<name>` belongs to somebody else; empty where it is this checkout's, or is not there yet."""
    for folder in (repository / ".venv", repository / ".venv" / name):
        if folder.is_symlink():
            return "{} is a link to {}".format(folder.relative_to(repository), os.readlink(str(folder)))
    home = stamped_for(repository / ".venv" / name)
    if home is not None and home != repository.resolve() and (home / "setup" / "environments.py").is_file():
        return ".venv/{} was made for the checkout {}".format(name, home)
    return ""
