"""The bytes of an idea's file as the value that they hold: JSON in any of Unicode's encodings, JSON lines, a fenced block."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from agent.errors import IdeaError

_FENCED = re.compile(r"\A\s*(?:```|~~~)\w*\s*\n(?P<inner>.*?)\n\s*(?:```|~~~)\s*\Z", re.DOTALL)
_OTHER_FORMS = (".yaml", ".yml", ".toml", ".md", ".txt", ".csv")
_KEY = re.compile(r"(?:---|(?:- )?[A-Za-z_][\w ]*:(?: |\s*$))", re.MULTILINE)


def read_ideas(path: Path) -> Any:
    """What the file holds: one value, or the list of those that stand a line each. Raises IdeaError with place and remedy."""
    text = _text(path)
    if fenced := _FENCED.match(text):
        text = fenced["inner"]
    try:
        return json.loads(text)
    except RecursionError as error:
        raise IdeaError(f"{path}: not valid JSON: nested too deeply; mend the file") from error
    except ValueError as error:
        if (lines := _lines(text)) is not None:
            return lines
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
