"""Ideas as other tools write them: lists of ideas, AI-Scientist's two forms, steps as lists. See docs/ideas.md."""

from __future__ import annotations

import difflib
import hashlib
import json
import logging
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agent.errors import IdeaError

log = logging.getLogger(__name__)

NEEDED = {
    "Name": "a short name of letters, digits, _ and -, which the session's folder is called by",
    "Title": "what the paper may be called",
    "Experiment": "what is tried and what it is held against; a text or a list of steps",
    "Technical_Details": "the method: what changes, in words and formulas, and why that should help; an Abstract serves in its place",
    "Implementation_Plan": "how the code is changed, step by step; a text or a list of steps, and a list of Experiments serves in its place",
}
"""What each field that an idea must have is for."""
_TEXTS = ("Experiment", "Technical_Details", "Implementation_Plan", "Abstract")
_TAKEN_FROM = {
    "Experiment": ("Experiments",),
    "Technical_Details": ("Abstract", "Short Hypothesis"),
    "Implementation_Plan": ("Experiments",),
}
_LONGEST_NAME = 64
_NAME = re.compile(r"[\w@.-]+")
AT = "#"
"""What stands before a number that means a place in a list, and no idea's Name."""
_NUMBERED = re.compile(r"\s*(step\s*)?\d+\s*[.):]", re.IGNORECASE)


def choose_idea(raw: object, name: str, path: Path) -> dict[str, Any]:
    """The one idea that a file holds, or the one of its list that is called `name`, or has this number; its fields as labloop has them.

    `#2` is the second of the list, whatever any is called, and whatever the others are. Raises IdeaError with the names that there are.
    """
    raw = _unwrapped(_unquoted(raw))
    given = raw if isinstance(raw, list) else [raw]
    if name.startswith(AT):
        return _in_our_form(_at(given, name, path), path)
    ideas: list[dict[str, Any]] = [idea for idea in given if isinstance(idea, dict)]
    if not ideas or len(ideas) < len(given):
        wrong = next((type(idea).__name__ for idea in given if not isinstance(idea, dict)), "an empty list")
        raise IdeaError(
            f"{path}: must be one JSON object with {', '.join(NEEDED)}, or a list of such objects, found {wrong}; "
            "mend the file (docs/ideas.md has an example)"
        )
    ideas = [idea for place, idea in enumerate(ideas) if idea not in ideas[:place]]
    if len(ideas) == 1 and not name:
        return _in_our_form(ideas[0], path)
    named = [idea for idea in ideas if name and name in (_spelt_ours(idea).get("Name"), _name_of(idea))]
    if not named and name:
        same = [
            idea
            for idea in ideas
            if name.lower() in (str(_spelt_ours(idea).get("Name")).lower(), _name_of(idea).lower())
        ]
        named = same if len(same) == 1 else named
    if not named and name.isdecimal() and 1 <= int(name) <= len(ideas):
        named = [ideas[int(name) - 1]]
    if len(named) == 1:
        return _in_our_form(named[0], path)
    raise IdeaError(f"{path}: {_not_chosen(ideas, name, len(named), isinstance(raw, list))}")


def _at(given: list[object], name: str, path: Path) -> dict[str, Any]:
    """The idea at a place of a list, each idea counted once."""
    distinct = [idea for place, idea in enumerate(given) if idea not in given[:place]]
    number = name.removeprefix(AT)
    found = distinct[int(number) - 1] if number.isdecimal() and 1 <= int(number) <= len(distinct) else None
    if isinstance(found, dict):
        return found
    what = f"a {type(found).__name__}, no JSON object" if found is not None else "no idea"
    raise IdeaError(
        f"{path}: number {number} of its list is {what}; mend it there, or take it out (docs/ideas.md has an example)"
    )


def count_ideas(raw: object) -> int:
    """How many ideas a file holds, each once; 1 where that cannot be told, and choosing one says why."""
    raw = _unwrapped(_unquoted(raw))
    given = raw if isinstance(raw, list) else [raw]
    return max(1, sum(idea not in given[:place] for place, idea in enumerate(given)))


def _unquoted(raw: object) -> object:
    """What a text holds that is JSON itself; anything else as it is."""
    if isinstance(raw, str) and raw.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(raw)
        except (ValueError, RecursionError):
            return raw
    return raw


def _unwrapped(raw: object) -> object:
    """What stands round ideas taken off, whatever its keys: `{"ideas": […]}`, `{"archive": [{"idea": {…}, "score": 5}]}`,
    `{"one_name": {…}, "another": {…}}`. A list, or one idea; `raw` where it holds none.
    """
    if _is_idea(raw) or not isinstance(raw, (dict, list)):
        return raw
    if isinstance(raw, list):
        return [_one_within(item) for item in raw]
    by_name = {key: value for key, value in raw.items() if isinstance(value, dict) and "Title" in _spelt_ours(value)}
    if by_name and len(by_name) == len(raw) and not any(_bare(key) in ("idea", "ideas") for key in raw):
        return [value if "Name" in _spelt_ours(value) else {"Name": key, **value} for key, value in by_name.items()]
    found = [within for value in raw.values() if _holds_an_idea(within := _unwrapped(value))]
    return found[0] if len(found) == 1 else raw


def _one_within(item: object) -> object:
    """An item of a list, or the one idea that it wraps."""
    within = item if _is_idea(item) else _unwrapped(item)
    return within if _is_idea(within) else item


def _holds_an_idea(value: object) -> bool:
    return _is_idea(value) or (isinstance(value, list) and any(map(_is_idea, value)))


def _is_idea(value: object) -> bool:
    """Whether it has some of an idea's fields; a Name or a Title alone is anything's."""
    if not isinstance(value, dict):
        return False
    fields = [field for field in NEEDED if field in _spelt_ours(value)]
    return len(fields) >= 2 or any(field not in ("Name", "Title") for field in fields)


def _name_of(idea: Mapping[str, Any]) -> str:
    """The name that its session would have; empty where it has none."""
    name = _spelt_ours(idea).get("Name")
    return plain_name(name) if isinstance(name, str) else ""


def plain_name(name: str) -> str:
    """A name that can be a folder's: accents taken off, what stands between letters and digits as `_`, at most 64 characters.

    One without a Latin letter or digit is called by its hash.
    A path (`../x`, `/x`, `.x`) and a name with control characters are none, and stay as they are, to be refused.
    """
    if name.startswith((".", "/", "\\")) or ".." in name or not name.isprintable():
        return name
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", letters).strip("_-")[:_LONGEST_NAME].rstrip("_-")
    return plain or (f"idea_{hashlib.sha256(name.encode()).hexdigest()[:8]}" if name.strip() else name)


def _not_chosen(ideas: list[dict[str, Any]], name: str, found: int, is_list: bool) -> str:
    """Why none of the ideas is the one that is meant, with the names to choose from."""
    names = [
        str(_spelt_ours(idea).get("Name") or f"(number {place}, without a Name)") for place, idea in enumerate(ideas, 1)
    ]
    known = ", ".join(names)
    if not name:
        return f"a list of ideas: choose one by its Name, or by its number from 1, with --idea NAME; it holds {known}"
    if found:
        numbers = [str(place) for place, each in enumerate(names, 1) if each == name]
        return (
            f"{found} of its ideas are called {name!r}; choose one by its number (--idea {' or '.join(numbers)}), "
            "or give each a Name of its own"
        )
    near = difflib.get_close_matches(name, names, n=1)
    meant = f" ({near[0]} is meant?)" if near else ""
    leave = "" if is_list else ", or leave --idea out"
    return f"--idea {name}: no idea in it has this Name{meant}; it holds {known}: name one that it holds{leave}"


def _in_our_form(raw: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Our names for its fields, lists as steps, and what is missing taken from the fields that say the same."""
    fields = _spelt_ours(raw)
    taken = {}
    for field, sources in _TAKEN_FROM.items():
        source = next((name for name in sources if fields.get(name)), None)
        if field not in fields and source is not None:
            taken[field] = source
    filled = fields | {field: fields[source] for field, source in taken.items()}
    if taken.get("Experiment") == "Experiments":
        del filled["Experiments"]
    told = ", ".join(f"{field} is taken from its {source}" for field, source in taken.items())
    if told:
        log.warning("%s: %s; write out what the model should know besides", path, told)
    name = filled.get("Name")
    if isinstance(name, str) and (plain := plain_name(name)) != name:
        log.warning("%s: the Name %r names a folder, so the session is called %s", path, name[:100], plain)
        filled["Name"] = plain
    return filled | {field: as_text(filled[field]) for field in _TEXTS if field in filled}


def _spelt_ours(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, those whose name differs in capitals, spaces, - or _ alone under the name that we have for it."""
    ours = {_bare(field): field for field in (*NEEDED, "Abstract", "Experiments", "Short Hypothesis")}
    named = {_bare(field): field for field in ("Metrics", "Primary_Metric", "Seeds")}
    renamed = {}
    for key, value in raw.items():
        ours_of_key = ours.get(_bare(key), key)
        if _bare(key) in named and _is_names(value):
            ours_of_key = named[_bare(key)]
        renamed[key if ours_of_key in raw else ours_of_key] = value
    return renamed


def _is_names(value: object) -> bool:
    """Whether it holds names or a number, as the fields of a session do; prose under such a key is a text like others."""
    parts = value if isinstance(value, list) else str(value).split(",")
    return bool(parts) and all(_NAME.fullmatch(str(part).strip()) for part in parts)


def _bare(key: str) -> str:
    return re.sub(r"[\W_]", "", key).lower()


def as_text(value: object) -> object:
    """A list as numbered steps, an object as `key: value`, a line each; anything else as it is."""
    if isinstance(value, list) and value and all(isinstance(part, str | dict | list) for part in value):
        steps = [str(as_text(part)).strip() for part in value]
        if len(steps) == 1 or all(_NUMBERED.match(step) for step in steps):
            return "\n".join(steps)
        return "\n".join(f"{place}. {step}" for place, step in enumerate(steps, start=1))
    if isinstance(value, dict) and value:
        return "\n".join(f"{key}: {as_text(part)}" for key, part in value.items())
    return value
