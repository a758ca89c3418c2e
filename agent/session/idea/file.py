"""The bytes of an idea's file as the value that they hold: JSON in any of Unicode's encodings, JSON lines, a fenced block."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from agent.errors import IdeaError
from agent.session.loose_json import latex_kept, loose_value

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
_ASSIGNED = re.compile(r"\A\s*(?:export\s+default|(?:(?:const|let|var)\s+)?\w+\s*(?::\s*\w+\s*)?=)\s*(?=[{\[])")
"""What stands before an object in a program's file."""
_PACKED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zX": "xz", b"(\xb5/\xfd": "zstd"}
_KEYED = re.compile(r"^[ \t]*[A-Za-z_]\w*[ \t]*:[ \t]*\S", re.MULTILINE)
_KEY = re.compile(r"(?:---|(?:- )?[A-Za-z_][\w ]*:(?: |\s*$))", re.MULTILINE)


def read_ideas(path: Path) -> Any:
    """What the file holds: one value, or the list of those that stand a line each. Raises IdeaError with place and remedy."""
    text = _object_in(path, _text(path))
    try:
        return json.loads(latex_kept(text))
    except RecursionError as error:
        raise IdeaError(f"{path}: not valid JSON: nested too deeply; mend the file") from error
    except ValueError as error:
        otherwise = (read(text) for read in (_lines, _typed, _among_words))
        found = next((value for value in otherwise if value is not None), None)
        if found is None:
            raise IdeaError(f"{path}: {_why_not_read(path, text, error)}") from error
        return found


def _object_in(path: Path, text: str) -> str:
    """The text of the object that a file holds, taken out of its fence, its block among words or its assignment."""
    fenced = _FENCED.match(text)
    if fenced and not re.search(r"^(?:```|~~~)", fenced["inner"], re.MULTILINE):
        text = fenced["inner"]
    elif len(found := _AMONG_WORDS.findall(text)) == 1:
        text = found[0]
    elif len(found) > 1:
        raise IdeaError(
            f"{path}: no idea: it holds {len(found)} blocks of JSON among words: leave one, or make them one list and choose with --idea"
        )
    return _ASSIGNED.sub("", text).replace("\u00a0", " ")


def _why_not_read(path: Path, text: str, error: ValueError) -> str:
    """What is in the idea's place, and what helps."""
    if other := next((what for pattern, what in _IS_ANOTHER if pattern.match(text)), ""):
        return f"no idea: {other}"
    if _KEY.match(text.lstrip()) or path.suffix.lower() in _OTHER_FORMS:
        return (
            f"not JSON, which ideas are written in: this looks like {_form(path)}; write the same fields as one JSON object "
            "(docs/ideas.md has an example)"
        )
    return f"not valid JSON: {error}; mend the file at that place"


def _text(path: Path) -> str:
    data = path.read_bytes()
    if packed := next((form for begins, form in _PACKED.items() if data.startswith(begins)), ""):
        raise IdeaError(f"{path}: no idea: it is packed ({packed}): unpack it first")
    try:
        return data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise IdeaError(f"{path}: not valid JSON: no Unicode ({error}); save it as UTF-8") from error


def _among_words(text: str) -> Any:
    """The one object that stands among words, as a model answers; None where there is none, or something else beside it."""
    begun = re.search(r"^\s*\{\s*$|^\s*\{\s*\"", text, re.MULTILINE)
    before = text[: begun.start()] if begun else ""
    if begun is None or _KEYED.search(before):
        return None
    text = latex_kept(text)
    try:
        value, end = loose_value(text, text.index("{", begun.start()))
    except (ValueError, RecursionError):
        return None
    return None if "{" in text[end:] else value


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
        values = [json.loads(latex_kept(line)) for line in lines]
    except (ValueError, RecursionError):
        values = _one_after_another(text)
    return values if len(values) > 1 and all(isinstance(value, dict) for value in values) else None


def _one_after_another(text: str) -> list[Any]:
    """The objects of a file that holds nothing else, one after another; empty where it holds something else."""
    text, decoder, found, at = latex_kept(text), json.JSONDecoder(), list[Any](), 0
    while rest := text[at:].lstrip(" \t\r\n,;"):
        at = len(text) - len(rest)
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return []
        found.append(value)
    return found


def _form(path: Path) -> str:
    suffix = path.suffix.lower()
    return "YAML" if suffix not in _OTHER_FORMS or suffix in (".yaml", ".yml") else suffix[1:].upper()
