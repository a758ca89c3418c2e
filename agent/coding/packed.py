"""Edits that a reply packs into something else: diffs in JSON, files in base64, changes in a table or in a shell's commands.

A diff in JSON is taken out. The rest is not read: each is told by its name, since a model that hears nothing gives the same again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from agent.coding.diffs import is_diff
from agent.coding.json_values import json_values
from agent.coding.listings import is_path

_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{40,}={0,2}[ \t]*\n?){3,}|base64,[A-Za-z0-9+/=]{60,}|[A-Za-z0-9+/]{200,}={0,2}|\bbase64 -d\b"
)
_COMMAND = (
    r"^[ \t]*(?:[$>#] )?(?:sudo )?(?:g?sed|g?awk|perl|ed|ex|vim?|patch|git apply|python3? -c|echo|printf|mv|cp|dd|truncate|jq"
    r"|\(?(?:Get|Set|Add)-Content|powershell)\b[^\n]*?(?<![\w.])(?:{files})(?![\w])"
)
_SCRIPTED = re.compile(
    r"^[ \t]*:?%?\d*(?:,\d+)?s/[^/\n]+/[^/\n]*/\w*[ \t]*$|^\d+(?:,\d+)?[acdi]\n(?:.*\n)+?\.$", re.MULTILINE
)
"""Of editors that take commands: a substitution, or lines up to a dot."""
_ANCHORED = re.compile(r"^[ \t]*\d+#\w{1,8}[|:]", re.MULTILINE)
_DEEPEST = 8


def diffs_in_data(text: str) -> str:
    """The diffs that stand in JSON's texts, each under the file that it, or what holds it, names; empty where there is none."""
    values, _ = json_values(text)
    return "\n```\n".join(diff for value in values for diff in _diffs(value, "", 0))


def _diffs(value: Any, path: str, depth: int) -> Iterator[str]:
    if isinstance(value, str) and is_diff(value):
        headed = re.search(r"^(?:\+\+\+ |\*\*\* (?:Update|Add) File: )", value, re.MULTILINE)
        yield value if headed or not path else f"+++ {path}\n{value}"
    elif isinstance(value, list) and depth < _DEEPEST:
        for item in value:
            yield from _diffs(item, path, depth + 1)
    elif isinstance(value, Mapping) and depth < _DEEPEST:
        own = next(
            (item for item in value.values() if isinstance(item, str) and "\n" not in item and is_path(item)), path
        )
        for key, item in value.items():
            yield from _diffs(item, str(key) if is_path(str(key)) else own, depth + 1)


def packed_in(text: str, files: Mapping[str, str]) -> str:
    """Which form that is not read here holds an edit of one of the files; empty where none does."""
    if _BASE64.search(text):
        return "it holds a file in base64, which is not read: give it as plain text"
    commands = re.search(_COMMAND.replace("{files}", "|".join(map(re.escape, files))), text, re.MULTILINE)
    if found := commands or _SCRIPTED.search(text) or _ANCHORED.search(text):
        shown = " ".join(found.group().split())[:40]
        return f"{shown!r} is an edit of a form that is not read here: give the change itself"
    return ""
