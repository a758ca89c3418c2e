"""Edits that a reply gives as data: JSON objects, calls of editing tools, tags of XML, `Replace:` and `With:`. Standard library only."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.coding.listings import Listing, is_path
from agent.session.loose_json import loose_value

_PATH = ("path", "file", "filename", "file_path", "filepath", "file_name", "target_file", "relative_path", "name")
_SEARCH = (
    "search",
    "old",
    "old_str",
    "old_string",
    "old_text",
    "oldtext",
    "oldstring",
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
    "newtext",
    "newstring",
    "new_code",
    "replacement",
    "replace_with",
    "after",
    "updated",
    "with",
    "to",
)
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
_KEY = re.compile(rf'"(?:{"|".join((*_SEARCH[:6], *_NEW[:5], *_CONTENT[:4]))})"\s*:', re.IGNORECASE)
_FENCED = re.compile(r"^\s{0,3}(`{3,}|~{3,})[ \t]*([^\s`{]*)[^\n]*\n(.*?)^\s{0,3}\1[`~]*\s*$", re.DOTALL | re.MULTILINE)
_TYPED_TRIES, _TYPED_LONGEST = 8, 200_000
"""Places in a text where JSON as people type it is looked for: each may be read to the end."""
_VALUE = re.compile(r"^\s*(?=[{\[])", re.MULTILINE)
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
class Wanted:
    """One change that a reply asks for."""

    path: str
    """As the reply names it; empty where it names none."""
    search: str | None
    """What is to be found; None where `new` is the whole file."""
    new: str


def wanted_as_data(text: str) -> tuple[list[Wanted], str]:
    """The changes that a reply gives as JSON or as tags, in order; and what is wrong with JSON that seems to hold some."""
    found, problem = _in_json(text)
    return (found, "") if found else (_in_tags(text), problem)


def _in_json(text: str) -> tuple[list[Wanted], str]:
    found, problem = list[Wanted](), ""
    decoder = json.JSONDecoder(strict=False)  # models leave the line ends in a string as they are
    for source in _sources(text):
        at = tried = 0
        last_key = max((match.start() for match in _KEY.finditer(source)), default=-1)
        while (begun := _VALUE.search(source, at)) is not None:
            try:
                value, at = decoder.raw_decode(source, begun.end())
            except (ValueError, RecursionError) as error:
                tried += 1
                if (
                    typed := _typed(source, begun.end())
                    if tried <= _TYPED_TRIES and len(source) <= _TYPED_LONGEST
                    else None
                ) is None:
                    if begun.end() < last_key and not problem:
                        problem = f"the JSON in it does not parse ({error})"
                    at = source.find("\n", begun.end()) + 1
                    if not at:
                        break
                    continue
                value, at = typed
            found += _walked(value, "", 0)
    return found, "" if found else problem


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


def _walked(value: Any, path: str, depth: int) -> Iterator[Wanted]:
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
            yield from changes or ([Wanted(name, "", "")] if beside and (name := _own_path(item)) else [])
    elif isinstance(value, dict):
        yield from _of_object({str(key).lower(): item for key, item in value.items()}, value, path, depth)


def _of_object(keys: Mapping[str, Any], value: Mapping[str, Any], path: str, depth: int) -> Iterator[Wanted]:
    named = _own_path(value) or path
    search, new, content = (_text(keys, names) for names in (_SEARCH, _NEW, _CONTENT))
    files = [(key, _lines(item)) for key, item in value.items() if is_path(str(key)) and _lines(item) is not None]
    if search is not None and new is not None:
        yield Wanted(named, search, new)
    elif named and content is not None:
        yield Wanted(
            named, "" if _is_a_part(keys) else None, content
        )  # a part that replaces nothing is refused as such
    elif content is not None and not named and _FILE.search(content):
        yield Wanted("", None, content)
    elif files:
        for key, text in files:
            yield Wanted(key, None, text or "")
    elif _is_of_a_file(keys, named) and not _holds_more(value):
        yield Wanted(named, "", new or "")  # one that cannot be read is told, never left out of a list
    else:
        for key, item in value.items():
            yield from _walked(item, key if is_path(str(key)) else named, depth + 1)


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


def _lines(value: Any) -> str | None:
    """A text, or a list of its lines; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(line, str) for line in value):
        return "\n".join(line.removesuffix("\n") for line in value)
    return None


def _in_tags(text: str) -> list[Wanted]:
    text = _CDATA.sub(r"\1", _PARAMETER.sub(r"<\1>\2</\1>", text))
    found, path, named = list[Wanted](), "", False
    for match in _TAGGED.finditer(text):
        if match["path"] or match["attribute"]:
            path, named = match["path"] or match["attribute"], bool(match["path"])
        elif match["old"]:
            found.append(Wanted(path, _cut(match["search"]), _cut(match["replace"])))
        elif named:
            found.append(Wanted(path, None, _cut(match["content"])))
    return found


def _cut(text: str) -> str:
    """What stands in a tag without the line ends next to it, and without a fence of its own."""
    fenced = re.fullmatch(r"\s*```[^\n]*\n(.*?)\n?```\s*", text, re.DOTALL)
    return fenced[1] if fenced else re.sub(r"\A[ \t]*\r?\n|\r?\n[ \t]*\Z", "", text)


def wanted_in_words(text: str, listings: Sequence[Listing], files: Mapping[str, str]) -> list[Wanted]:
    """Changes told as `Replace:` … `With:` …, of which the first is a part of an editable file as it is now."""
    found = [
        Wanted("", old.bodies[-1].rstrip("\n"), new.bodies[-1].rstrip("\n"))
        for old, new in itertools.pairwise(listings)
        if old.above and new.above and _BEFORE.search(old.above[0]) and _AFTER.search(new.above[0])
    ]
    if not found and _LABEL.search(text):
        found = [Wanted("", old, new) for old, new in _INLINE.findall(text)]
    return [
        change
        for change in found
        if (change.search or "").strip()
        and any((change.search or "") in now and 2 * len(change.search or "") < len(now) for now in files.values())
    ]
