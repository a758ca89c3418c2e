"""Values that a session gives its template's commands: `--NAME=VALUE` in place of the word `{values}`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator

from agent.errors import UsageError

VALUES = "{values}"
"""A word of a command that stands for them all; a command without it is given none."""


def _from_words(given: Any) -> Any:
    """A table, or words `NAME=VALUE`: a list of them (the flag), or one text (the environment). Raises ValueError."""
    if isinstance(given, str):
        given = shlex.split(given)
    if isinstance(given, list):
        pairs = [str(word).partition("=") for word in given]
        names = [name for name, _, _ in pairs]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"{', '.join(sorted(twice))} is given twice; leave one of them out")
        given = {name: value for name, _, value in pairs}
    if not isinstance(given, Mapping):
        return given
    for name, value in given.items():
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", str(name)) or str(value).strip() == "":
            raise ValueError(f"{name!r}: write NAME=VALUE, such as width=8192")
    return {str(name): str(value) for name, value in given.items()}


Values = Annotated[dict[str, str], BeforeValidator(_from_words)]


def filled(command: Iterable[str], values: Mapping[str, str]) -> list[str]:
    """The command with `{values}` filled in. Raises UsageError for a name that the command gives a value of its own.

    Names are compared as command-line parsers do: --out would be taken for --out_dir.
    """
    words = list(command)
    if VALUES not in words:
        return words
    own = [word[2:].partition("=")[0] for word in words if word.startswith("--")]
    for name in values:
        if taken := next((each for each in own if each.startswith(name)), ""):
            raise UsageError(
                f"--value {name}=…: the template gives --{taken} itself; leave it out (a scale is chosen with --scale)"
            )
    at = words.index(VALUES)
    return [*words[:at], *(f"--{name}={value}" for name, value in values.items()), *words[at + 1 :]]
