"""SEARCH/REPLACE blocks of a reply as the coder's own parser reads them: markers in its form, each file named. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from agent.coding.listings import alone, editable_of, is_path, named_in

_HEAD = re.compile(r"^\s*(?:<{5,9}|-{5,9}) ?(?:SEARCH|ORIGINAL|HEAD|BEFORE|OLD)\b[ >:]*(\S*)\s*$")
_DIVIDER = re.compile(r"^\s*={5,9}\s*$")
_END = re.compile(r"^\s*(?:>{5,9}|\+{5,9}) ?(?:REPLACE|UPDATED|AFTER|NEW)\b\W*$")
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,}|</?(?:source|code|file|python|content|document)\b)", re.IGNORECASE)
_TAGS = re.compile(
    r"</?(?:path|file_?path|file_?name|diff|edit|change|patch|replace_in_file|args?|parameters?)(?:\s[^<>]*)?>"
)
_LANGUAGES = ("python", "py", "diff")


def has_blocks(text: str) -> bool:
    """Whether a reply holds SEARCH/REPLACE blocks, whole or not."""
    return any(_HEAD.match(line) for line in text.splitlines()) and any(map(_DIVIDER.match, text.splitlines()))


def named_blocks(text: str, files: Mapping[str, str]) -> str:
    """The reply with each block under the name of an editable file, where it means one, and markers as the coder reads them."""
    lines, out, current, within = text.splitlines(), list[str](), "", False
    for at, line in enumerate(lines):
        head = _HEAD.match(line)
        if head and not within:
            within = True
            current = _file_of(lines[:at], head[1], current, _searched(lines[at + 1 :]), files)
            out += [*([current] if current else []), "<<<<<<< SEARCH"]
        elif within and _END.match(line):
            within = False
            out.append(">>>>>>> REPLACE")
        else:
            out.append(line)
    return "\n".join(out) + "\n" * text.endswith("\n")


def _searched(lines: Sequence[str]) -> str:
    """The lines that a block looks for, from those behind its head."""
    end = next((at for at, line in enumerate(lines) if _DIVIDER.match(line)), 0)
    return "\n".join(lines[:end])


def _file_of(above: Sequence[str], beside: str, current: str, searched: str, files: Mapping[str, str]) -> str:
    """The file that a block is of: named beside or above it, that of the block before, the only one, the only one that holds it."""
    names = list(files)
    if beside and is_path(beside):
        return editable_of(beside, names) or beside
    bare_lines = [_TAGS.sub(" ", line).strip() for line in above[-4:]]
    near = [line for line in reversed(bare_lines) if line]
    for line in near[:3]:
        if _END.match(line):
            break
        word = _fence_name(line) if _FENCE.match(line) else alone(line)
        bare = line is near[0] or _FENCE.match(near[0])
        if word and (is_path(word) or word in names or (bare and word == line.strip() and word not in _LANGUAGES)):
            return editable_of(word, names) or word
        if not _FENCE.match(line):
            if name := named_in(line, names):
                return name
            break
    if current:
        return current
    holding = [name for name, now in files.items() if searched.strip() and searched in now]
    return names[0] if len(names) == 1 else holding[0] if len(holding) == 1 else ""


def _fence_name(line: str) -> str:
    """The file that a fence names behind its language."""
    return next((word for word in re.split(r"[\s`~:=\"'{}<>]+", line) if is_path(word)), "")
