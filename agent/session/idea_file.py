"""The bytes of an idea's file as the value that they hold: JSON in any of Unicode's encodings, JSON lines, a fenced block."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from agent.errors import IdeaError
from agent.session.loose_json import loose_value

_FENCED = re.compile(r"\A\s*(?:```|~~~)\w*\s*\n(?P<inner>.*?)\n\s*(?:```|~~~)\s*\Z", re.DOTALL)
_AMONG_WORDS = re.compile(r"^(?:```|~~~)json\s*\n(?P<inner>.*?)^(?:```|~~~)\s*$", re.DOTALL | re.MULTILINE)
_IS_ANOTHER = (
    (re.compile(r"\s*\Z"), "it is empty"),
    (
        re.compile(r"version https://git-lfs"),
        "it is Git LFS's note in the file's place: fetch the file with `git lfs pull`",
    ),
    (
        re.compile(r"\s*(?:<!doctype html|<html)", re.IGNORECASE),
        "it is a page of HTML, as a server sends in a file's place: fetch it again",
    ),
    (re.compile(r".*?^<{7} ", re.MULTILINE | re.DOTALL), "it holds the marks of a merge (<<<<<<<): choose one side"),
)
"""What a file may hold in an idea's place, and what helps."""
_OTHER_FORMS = (".yaml", ".yml", ".toml", ".md", ".txt", ".csv")
_KEY = re.compile(r"(?:---|(?:- )?[A-Za-z_][\w ]*:(?: |\s*$))", re.MULTILINE)


def read_ideas(path: Path) -> Any:
    """What the file holds: one value, or the list of those that stand a line each. Raises IdeaError with place and remedy."""
    text = _text(path)
    if fenced := _FENCED.match(text):
        text = fenced["inner"]
    elif len(found := _AMONG_WORDS.findall(text)) == 1:
        text = found[0]
    try:
        return json.loads(text)
    except RecursionError as error:
        raise IdeaError(f"{path}: not valid JSON: nested too deeply; mend the file") from error
    except ValueError as error:
        if (lines := _lines(text)) is not None:
            return lines
        if (typed := _typed(text)) is not None:
            return typed
        if other := next((what for pattern, what in _IS_ANOTHER if pattern.match(text)), ""):
            raise IdeaError(f"{path}: no idea: {other}") from error
        if _KEY.match(text.lstrip()) or path.suffix.lower() in _OTHER_FORMS:
            raise IdeaError(
                f"{path}: not JSON, which ideas are written in: this looks like {_form(path)}; write the same fields as one JSON "
                "object (docs/ideas.md has an example)"
            ) from error
        raise IdeaError(f"{path}: not valid JSON: {error}; mend the file at that place") from error


def _text(path: Path) -> str:
    data = path.read_bytes()
    try:
        return data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise IdeaError(f"{path}: not valid JSON: no Unicode ({error}); save it as UTF-8") from error


def _typed(text: str) -> Any:
    """The value of a file that is JSON as people type it, with comments or single quotes, and nothing else; None for any other."""
    begin = re.match(r"(?:\s|//[^\n]*|#[^\n]*|/\*.*?\*/)*(?=[{\[])", text, re.DOTALL)
    try:
        value, end = loose_value(text, begin.end() if begin else 0)
    except (ValueError, RecursionError):
        return None
    rest = re.sub(r"//[^\n]*|#[^\n]*|/\*.*?\*/|[\s;,]", "", text[end:], flags=re.DOTALL)
    return value if begin and not rest else None


def _lines(text: str) -> list[Any] | None:
    """The objects that stand a line each; None where any line holds something else, or there is one alone."""
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        values = [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return None
    return values if len(values) > 1 and all(isinstance(value, dict) for value in values) else None


def _form(path: Path) -> str:
    suffix = path.suffix.lower()
    return "YAML" if suffix not in _OTHER_FORMS or suffix in (".yaml", ".yml") else suffix[1:].upper()
