"""The JSON values in a reply: in fences, between them, behind the marks of a tool's call; as people type it, too. Standard library only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from agent.session.loose_json import loose_value

_KEY = re.compile(
    r'"(?:search|old\w*|find|replace\w*|new\w*|replacement|content|contents|file_content|file_text)"\s*:', re.IGNORECASE
)
_FENCED = re.compile(r"^\s{0,3}(`{3,}|~{3,})[ \t]*([^\s`{]*)[^\n]*\n(.*?)^\s{0,3}\1[`~]*\s*$", re.DOTALL | re.MULTILINE)
_TYPED_TRIES, _TYPED_LONGEST = 8, 200_000
"""Places in a text where JSON as people type it is looked for: each may be read to the end."""
_VALUE = re.compile(r"(?:^[ \t]*|(?:<[^<>\n]{1,80}>|\[TOOL_CALLS\]|\w\()\s*)(?=[{\[](?!TOOL_CALLS))", re.MULTILINE)


def json_values(text: str) -> tuple[list[Any], str]:
    """The values in order; and what is wrong with JSON that seems to hold an edit and does not parse."""
    found, problem = list[Any](), ""
    decoder = json.JSONDecoder(strict=False)  # models leave the line ends in a string as they are
    for source in _sources(text):
        at = tried = 0
        last_key = max((match.start() for match in _KEY.finditer(source)), default=-1)
        while (begun := _VALUE.search(source, at)) is not None:
            try:
                value, at = decoder.raw_decode(source, begun.end())
            except (ValueError, RecursionError) as error:
                tried += 1
                room = tried <= _TYPED_TRIES and len(source) <= _TYPED_LONGEST
                if (typed := _typed(source, begun.end()) if room else None) is None:
                    if begun.end() < last_key and not problem:
                        problem = f"the JSON in it does not parse ({error})"
                    at = source.find("\n", begun.end()) + 1
                    if not at:
                        break
                    continue
                value, at = typed
            found.append(value)
    return found, problem


def _typed(source: str, at: int) -> tuple[Any, int] | None:
    """What stands here as JSON that a program would not take: with comments, single quotes, commas too many; None for anything else."""
    try:
        return loose_value(source, at)
    except (ValueError, RecursionError):
        return None


def _sources(text: str) -> Iterator[str]:
    """Where JSON may stand: in fences that are JSON's or nobody's, and between fences."""
    for match in _FENCED.finditer(text):
        if match[2].lower() in ("", "json", "jsonc", "json5", "jsonl"):
            yield match[3]
    yield _FENCED.sub("\n", text)
