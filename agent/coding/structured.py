"""Edits that a reply gives as data: JSON objects, calls of editing tools, tags of XML, `Replace:` and `With:`. Standard library only."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.coding.json_values import json_values
from agent.coding.listings import Listing, is_path

_PATH = ("path", "file", "filename", "file_path", "filepath", "file_name", "target_file", "relative_path", "name")
_SEARCH = (
    "search",
    "old",
    "old_str",
    "old_string",
    "old_text",
    "old_code",
    "find",
    "before",
    "original",
    "from",
    "target",
)
_NEW = (
    "replace",
    "new",
    "new_str",
    "new_string",
    "new_text",
    "new_code",
    "replacement",
    "replace_with",
    "after",
    "updated",
    "with",
    "to",
)
_OF_A_TEXT = r"(?:str(?:ing)?|text|code|contents?|lines?|snippet|block|value|part)?"
_SEARCHED = re.compile(
    rf"(?:old|search|find|before|original|from|target|current|existing|removed?|deleted?){_OF_A_TEXT}"
)
_REPLACED = re.compile(
    rf"(?:(?:replace|replaced|replacement)(?:with|by)?|new|after|updated?|with|to|add(?:ed)?|insert(?:ed)?){_OF_A_TEXT}"
)
"""Keys, without `_` and `-`, of what is to be found and of what takes its place."""
_CONTENT = (
    "content",
    "contents",
    "file_content",
    "file_text",
    "new_content",
    "code",
    "source",
    "text",
    "file_contents",
    "full_content",
)
_KINDS = ("action", "command", "operation", "op", "mode", "type", "kind")
_PARTLY = re.compile(r"insert|append|prepend|add|patch|delete|remove")
_PLACES = (
    *("insert", "append", "prepend", "line", "start", "end", "position", "anchor"),
    *("after", "before", "range", "offset"),
)
"""What an object says that gives a part of a file: its kind of change, or the place."""
_PARAMETER = re.compile(r"<parameter(?:=|\s+name=)[\"']?(\w+)[\"']?\s*>(.*?)</parameter>", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_TAGGED = re.compile(
    r"<(?P<name>path|file|filename|file_path|target_file)>\s*(?P<path>[^<>\n]+?)\s*</(?P=name)>"
    r"|<\w+\s[^<>\n]*?\b(?:path|file|filename|file_path|name)\s*=\s*[\"'](?P<attribute>[^\"'\n]+\.\w+)[\"'][^<>\n]*>"
    rf"|<(?P<old>{'|'.join(_SEARCH)})>(?P<search>.*?)</(?P=old)>\s*<(?P<new>{'|'.join(_NEW)})>(?P<replace>.*?)</(?P=new)>"
    rf"|<(?P<whole>{'|'.join(_CONTENT)})>(?P<content>.*?)</(?P=whole)>",
    re.DOTALL | re.IGNORECASE,
)
_BEFORE = re.compile(
    r"\b(?:replace|change|find|search|old|before|original|from|current(?:ly)?|existing|remove)\b", re.IGNORECASE
)
_AFTER = re.compile(r"\b(?:with|to|by|new|after|updated|replace|replacement|becomes|into|instead|now)\b", re.IGNORECASE)
_INLINE = re.compile(
    r"^\W*(?:replace|change|find|old|before|from)\b[^`\n]*`([^`\n]+)`[^`\n]*?\n?\W*\b(?:with|to|by|new|after|replace(?: with)?)\b\s*:?\s*`([^`\n]+)`",
    re.IGNORECASE | re.MULTILINE,
)
_FILE = re.compile(r"^(?:import|from) \w[^\n]*\n(?:.*\n)+", re.MULTILINE)
"""Of a text that may be a whole file, though nothing names it."""
_LABEL = re.compile(r"^\W*(?:replace|find|old|before|from)(?:\s+this)?\W*:", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class AskedChange:
    """One change that a reply asks for."""

    path: str
    """As the reply names it; empty where it names none."""
    search: str | None
    """What is to be found; None where `new` is the whole file."""
    new: str


def changes_as_data(text: str) -> tuple[list[AskedChange], str]:
    """The changes that a reply gives as JSON or as tags, in order; and what is wrong with JSON that seems to hold some."""
    found, problem = _in_json(text)
    return (found, "") if found else (_in_tags(text), problem)


def _in_json(text: str) -> tuple[list[AskedChange], str]:
    values, problem = json_values(text)
    found = [wanted for value in values for wanted in _walked(value, "", 0)]
    return found, "" if found else problem


def _walked(value: Any, path: str, depth: int) -> Iterator[AskedChange]:
    """The changes in a JSON value; `path` is the file that what holds it has named."""
    if depth > 8:
        return
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):  # arguments of a tool, as text
        try:
            value = json.loads(value, strict=False)
        except (ValueError, RecursionError):
            return
    if isinstance(value, list):
        read = [(item, list(_walked(item, path, depth + 1))) for item in value]
        beside = any(changes for _, changes in read)
        for item, changes in read:
            yield from changes or ([AskedChange(name, "", "")] if beside and (name := _own_path(item)) else [])
    elif isinstance(value, dict):
        yield from _of_object({str(key).lower(): item for key, item in value.items()}, value, path, depth)


def _of_object(keys: Mapping[str, Any], value: Mapping[str, Any], path: str, depth: int) -> Iterator[AskedChange]:
    named = _own_path(value) or path
    search, new = (_keyed(keys, pattern) for pattern in (_SEARCHED, _REPLACED))
    content = _text(keys, _CONTENT)
    files = [(key, _lines(item)) for key, item in value.items() if is_path(str(key)) and _lines(item) is not None]
    held = [key for key, item in value.items() if is_path(str(key)) and isinstance(item, dict)]
    if search is not None and new is not None:
        yield AskedChange(named, search, new)
    elif named and content is not None:
        yield AskedChange(
            named, "" if _is_a_part(keys) else None, content
        )  # a part that replaces nothing is refused as such
    elif content is not None and not named and _FILE.search(content):
        yield AskedChange("", None, content)
    elif files:
        for key, text in files:
            yield AskedChange(key, None, text or "")
    elif _is_of_a_file(keys, named) and not _holds_more(value):
        yield AskedChange(named, "", new or "")  # one that cannot be read is told, never left out of a list
    else:
        within = [
            w for key, item in value.items() for w in _walked(item, key if is_path(str(key)) else named, depth + 1)
        ]
        yield from within or [
            AskedChange(key, "", "") for key in held
        ]  # a file's settings, say, that give no text of it


def _own_path(value: Any) -> str:
    """The file that an object names itself: beside changes that are read it is a change, and one that is not read is told."""
    keys = {str(key).lower(): item for key, item in value.items()} if isinstance(value, dict) else {}
    return next((keys[key] for key in _PATH if isinstance(keys.get(key), str) and is_path(keys[key])), "")


def _is_of_a_file(keys: Mapping[str, Any], named: str) -> bool:
    """Whether an object names a file itself and what is to be done with it."""
    return bool(named) and named in keys.values() and any(isinstance(keys.get(key), str) for key in _KINDS)


def _holds_more(value: Mapping[str, Any]) -> bool:
    return any(isinstance(item, (dict, list)) for item in value.values())


def _is_a_part(keys: Mapping[str, Any]) -> bool:
    """Whether an object says where in a file its content belongs: then that is not the whole of the file."""
    kinds = {str(keys[key]).lower() for key in _KINDS if isinstance(keys.get(key), str)}
    return any(key.startswith(_PLACES) for key in keys) or any(_PARTLY.match(kind) for kind in kinds)


def _text(keys: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next((text for name in names if (text := _lines(keys.get(name))) is not None), None)


def _keyed(keys: Mapping[str, Any], pattern: re.Pattern[str]) -> str | None:
    """The text under the first key of this kind; None where there is none."""
    found = (_lines(item) for key, item in keys.items() if pattern.fullmatch(re.sub(r"[_-]", "", key)))
    return next((text for text in found if text is not None), None)


def _lines(value: Any) -> str | None:
    """A text, or a list of its lines; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(line, str) for line in value):
        return "\n".join(line.removesuffix("\n") for line in value)
    return None


def _in_tags(text: str) -> list[AskedChange]:
    text = _CDATA.sub(r"\1", _PARAMETER.sub(r"<\1>\2</\1>", text))
    found, path, named = list[AskedChange](), "", False
    for match in _TAGGED.finditer(text):
        if match["path"] or match["attribute"]:
            path, named = match["path"] or match["attribute"], bool(match["path"])
        elif match["old"]:
            found.append(AskedChange(path, _cut(match["search"]), _cut(match["replace"])))
        elif named:
            found.append(AskedChange(path, None, _cut(match["content"])))
    return found


def _cut(text: str) -> str:
    """What stands in a tag without the line ends next to it, and without a fence of its own."""
    fenced = re.fullmatch(r"\s*```[^\n]*\n(.*?)\n?```\s*", text, re.DOTALL)
    return fenced[1] if fenced else re.sub(r"\A[ \t]*\r?\n|\r?\n[ \t]*\Z", "", text)


def changes_in_words(text: str, listings: Sequence[Listing], files: Mapping[str, str]) -> list[AskedChange]:
    """Changes told as `Replace:` … `With:` …, of which the first is a part of an editable file as it is now."""
    found = [
        AskedChange("", old.bodies[-1].rstrip("\n"), new.bodies[-1].rstrip("\n"))
        for old, new in itertools.pairwise(listings)
        if old.above and new.above and _BEFORE.search(old.above[0]) and _AFTER.search(new.above[0])
    ]
    if not found and _LABEL.search(text):
        found = [AskedChange("", old, new) for old, new in _INLINE.findall(text)]
    return [
        change
        for change in found
        if (change.search or "").strip()
        and any((change.search or "") in now and 2 * len(change.search or "") < len(now) for now in files.values())
    ]
