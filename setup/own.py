"""A template's own environment: `make setup TEMPLATE=FOLDER` makes `.venv/NAME` from the requirements.txt in that folder.

NAME is what the template's template.toml calls it: `environment = "NAME"`, or `name` below `[environment]`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Iterable

from setup.environments import Environment
from setup.steps import StepFailed

_SHORT = re.compile(r"""^environment\s*=\s*["']([^"']*)["']""", re.MULTILINE)
_TABLE = re.compile(r"""^\[environment\]\s*$(?:\n(?!\s*\[).*)*?\n\s*name\s*=\s*["']([^"']*)["']""", re.MULTILINE)
_INLINE = re.compile(r"""^environment\s*=\s*\{[^}]*\bname\s*=\s*["']([^"']*)["']""", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def own_environment(folder: Path, taken: Iterable[str]) -> Environment:
    """What the environment of the template in `folder` is made from.

    Raises StepFailed, naming the file and the remedy, where the folder declares none or calls it by a name of `taken`.
    """
    contract, wanted = folder / "template.toml", folder / "requirements.txt"
    if not contract.is_file():
        raise StepFailed("TEMPLATE={}: there is no template.toml in it; name a template's folder".format(folder))
    text = contract.read_text(encoding="utf-8")
    before_tables = re.split(r"^\[", text, maxsplit=1, flags=re.MULTILINE)[0]
    found = _SHORT.search(before_tables) or _INLINE.search(before_tables) or _TABLE.search(text)
    name = found.group(1) if found else ""
    if name in taken or not wanted.is_file():
        raise StepFailed(_none_of_its_own(folder, name, wanted.is_file(), sorted(taken)))
    if not _NAME.fullmatch(name):
        raise StepFailed(
            "{}: environment is {!r}; call it by letters, digits, . _ and - in a line above all tables, such as "
            'environment = "{}"'.format(contract, name, folder.resolve().name)
        )
    return Environment(name, (str(wanted.resolve()),), oldest=(3, 10), newest=(3, 13), imports="pass", resolved=False)


def _none_of_its_own(folder: Path, name: str, wanted: bool, taken: Iterable[str]) -> str:
    """Why there is nothing to make: a name that labloop's own environments have, or no list of packages."""
    known = ", ".join(taken)
    if wanted:
        return (
            "{}/template.toml: environment {!r} is one of labloop's own ({}), which no requirements.txt changes; "
            'call the template\'s own by another name, such as environment = "{}"'.format(
                folder, name, known, folder.resolve().name
            )
        )
    return (
        "{}/requirements.txt: missing, so the template has no environment of its own to make (its template.toml names "
        "{!r}); list its packages there, one a line, or name one of labloop's own ({})".format(folder, name, known)
    )
