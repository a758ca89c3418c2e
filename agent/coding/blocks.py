"""SEARCH/REPLACE blocks of a reply: their marks in the lengths and words that models use, each under the file it means. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent.coding.as_meant import typed, unnumbered
from agent.coding.listings import alone, editable_of, is_path, named_in

_OLD, _NEW = "SEARCH|ORIGINAL|HEAD|BEFORE|OLD|FIND|OURS", "REPLACE|UPDATED|AFTER|NEW|WITH|THEIRS|END"
_HEAD = re.compile(
    rf"^\s*(?:(?P<marks><{{3,12}}|-{{5,12}}) ?(?:{_OLD})\b[ >:]*(?P<beside>\S*)|(?P<bare><{{7}})(?: (?P<branch>\S+))?)\s*$",
    re.IGNORECASE,
)
_DIVIDER = re.compile(rf"^\s*(?P<marks>={{3,12}}) ?(?:{_NEW})?\s*$", re.IGNORECASE)
_END = re.compile(rf"^\s*(?:(?:>{{3,12}}|\+{{5,12}}) ?(?:{_NEW})\b\W*|>{{5,12}}(?: \S+)?\s*)$", re.IGNORECASE)
_BASE = re.compile(r"^\|{5,9}(?:\s|$)")
"""Of a merge with its common ancestor, which lies between the two sides."""
_PLACE = re.compile(r"^:(?:start|end)_line: *\d+\s*$")
_FENCE = re.compile(r"^\s*(?:`{3,}|~{3,}|</?(?:source|code|file|python|content|document)\b)", re.IGNORECASE)
_CLOSES = re.compile(r"^\s*(?:`{3,}|~{3,}|</(?:source|code|file|python|content|document|diff|edit)>)\s*$")
_TAGS = re.compile(
    r"</?(?:path|file_?path|file_?name|diff|edit|change|patch|replace_in_file|args?|parameters?)(?:\s[^<>]*)?>"
)
_SHOWN = 8


class Broken(ValueError):
    """A block that cannot be read; `str()` is what the model is told of it."""


@dataclass(frozen=True)
class Block:
    """One place to change."""

    file: str
    """The editable file that it means, else the name that stands there."""
    search: str
    replace: str


def has_blocks(text: str) -> bool:
    """Whether a reply holds SEARCH/REPLACE blocks, whole or not."""
    lines = text.splitlines()
    return any(_HEAD.match(line) for line in lines) and any(map(_DIVIDER.match, lines))


def blocks_of(text: str, files: Mapping[str, str]) -> list[Block]:
    """The blocks in order. Raises Broken for one without its marks, or without a file where several may be edited."""
    lines, found, current = text.splitlines(), list[Block](), ""
    for begin, end, head in _spans(lines):
        divider = _divider(lines, begin, end, head, files)
        search = _searched(lines[begin + 1 : divider])
        current = _file_of(lines[:begin], head["beside"] or head["branch"] or "", current, search, files)
        if not current:
            raise Broken(_told(lines[begin:end], "a block names no file: its path stands alone on the line before it"))
        replace = lines[divider + 1 : end]
        for plain in (unnumbered, typed):
            if _stands_as(plain(search), search, files.get(current, "")):
                search, replace = plain(search), plain(replace)
        found.append(Block(current, _joined(search), _joined(replace)))
    return found


def _spans(lines: Sequence[str]) -> Iterator[tuple[int, int, re.Match[str]]]:
    """Where each block begins and ends, the line of its head and the one behind its last, and the head."""
    heads = [(at, match) for at, line in enumerate(lines) if (match := _HEAD.match(line))]
    after = 0
    for (at, head), following in zip(heads, [*[at for at, _ in heads[1:]], len(lines)], strict=True):
        if at < after:
            continue
        inside = range(at + 1, following)
        end = next((place for place in inside if _END.match(lines[place])), None)
        divided = next((place for place in inside if _DIVIDER.match(lines[place])), None)
        if divided is None or (end is not None and end < divided):
            raise Broken(_told(lines[at : following if end is None else end + 1], "Expected `=======`"))
        if end is None:  # what ends it was left out, and the fence round it is closed: nothing was cut off
            end = next((place for place in inside if place > divided and _CLOSES.match(lines[place])), None)
        if end is None:
            raise Broken(_told(lines[at:following], "Expected `>>>>>>> REPLACE`"))
        yield at, end, head
        after = end


def _divider(lines: Sequence[str], begin: int, end: int, head: re.Match[str], files: Mapping[str, str]) -> int:
    """The line between what is searched for and what replaces it: a text may hold such lines itself, as underlines."""
    places = [at for at in range(begin + 1, end) if _DIVIDER.match(lines[at])]
    if len(places) == 1:
        return places[0]
    length = len(head["marks"] or head["bare"])
    alike = [at for at in places if len(lines[at].strip().split()[0]) == length] or places
    held = [at for at in alike if _stands(_searched(lines[begin + 1 : at]), files)]
    return held[-1] if held else alike[0]


def _stands(search: Sequence[str], files: Mapping[str, str]) -> bool:
    text = "\n".join(search)
    return bool(text.strip()) and any(text in now for now in files.values())


def _searched(lines: Sequence[str]) -> list[str]:
    """What a block searches for, without a merge's ancestor and without where a tool says that it lies."""
    base = next((at for at, line in enumerate(lines) if _BASE.match(line)), len(lines))
    found = list(lines[:base])
    placed = next((at for at, line in enumerate(found) if not _PLACE.match(line)), len(found))
    if placed and found[placed : placed + 1] and set(found[placed].strip()) == {"-"}:
        placed += 1
    return found[placed:]


def _stands_as(bare: Sequence[str], search: Sequence[str], now: str) -> bool:
    """Whether the lines stand in the file in this other form, and not as they are."""
    return list(bare) != list(search) and "\n".join(search) not in now and "\n".join(bare) in now


def _told(lines: Sequence[str], why: str) -> str:
    return "\n".join([*lines[-_SHOWN:], f"^^^ {why}"])


def _joined(lines: Sequence[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _file_of(above: Sequence[str], beside: str, current: str, searched: Sequence[str], files: Mapping[str, str]) -> str:
    """The file that a block is of: named beside or above it, that of the block before, the only one, the only one that holds it."""
    names = list(files)
    if beside and (editable_of(beside, names) or re.search(r"\w\.\w+$", beside)):
        return editable_of(beside, names) or beside
    near = [line for line in reversed([_TAGS.sub(" ", line).strip() for line in above[-4:]]) if line]
    for line in near[:3]:
        if _END.match(line):
            break
        word = _fence_name(line) if _FENCE.match(line) else alone(line)
        if word and (is_path(word) or word in names or word.endswith("file")):
            return editable_of(word, names) or word
        if not _FENCE.match(line):
            if name := named_in(line, names):
                return name
            break
    if current:
        return current
    text = "\n".join(searched)
    holding = [name for name, now in files.items() if text.strip() and text in now]
    return names[0] if len(names) == 1 else holding[0] if len(holding) == 1 else ""


def _fence_name(line: str) -> str:
    """The file that a fence names behind its language."""
    return next((word for word in re.split(r"[\s`~:=\"'{}<>]+", line) if is_path(word)), "")
