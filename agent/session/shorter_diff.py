"""A diff cut to a budget: whole hunks stay, and what was left out is said, with where it stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from agent.session.code_parts import Part, part_at, parts_of

_FILE = re.compile(r"^--- a/(?P<name>.+)\n\+\+\+ b/.+\n", re.MULTILINE)
_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(?P<start>\d+)(?:,\d+)? @@.*\n", re.MULTILINE)
_LEAST = 200
"""Characters of a hunk that are worth showing where the whole does not fit."""


@dataclass(frozen=True)
class _Hunk:
    head: str
    """The two lines that name its file; empty where a hunk of the same file stands before it."""
    text: str
    where: str
    """The function that it changes, or its lines."""

    @property
    def changed(self) -> int:
        """Lines that it adds or takes out."""
        return sum(line[:1] in ("+", "-") for line in self.text.splitlines())


def shorter_diff(diff: str, most: int, after: Mapping[str, str] | None = None, first: Collection[str] = ()) -> str:
    """A unified diff of at most about `most` characters.

    `after` is the source of each file as it stands after the change, from which the functions are told; hunks in functions
    that `first` names stay before others. A line at the end says what was left out, and where.
    """
    if len(diff) <= most:
        return diff
    parts = {name: parts_of(source) for name, source in (after or {}).items()}
    hunks = _hunks(diff, parts)
    ranked = sorted(hunks, key=lambda hunk: not any(_is(hunk.where, name) for name in first))
    left, kept = most, dict[int, str]()
    for hunk in ranked:
        size = len(hunk.head) + len(hunk.text)
        if size <= left:
            kept[id(hunk)] = hunk.text
        elif left - len(hunk.head) >= _LEAST and not kept:
            kept[id(hunk)] = _begun(hunk.text, left - len(hunk.head))
        left -= size if id(hunk) in kept else 0
    out = [hunk for hunk in hunks if id(hunk) not in kept]
    return "".join(f"{hunk.head}{kept[id(hunk)]}" for hunk in hunks if id(hunk) in kept) + _told(out)


def _hunks(diff: str, parts: Mapping[str, list[Part]]) -> list[_Hunk]:
    found: list[_Hunk] = []
    files = list(_FILE.finditer(diff))
    for place, file in enumerate(files):
        body = diff[file.end() : files[place + 1].start() if place + 1 < len(files) else len(diff)]
        starts = list(_HUNK.finditer(body))
        for number, start in enumerate(starts):
            text = body[start.start() : starts[number + 1].start() if number + 1 < len(starts) else len(body)]
            found.append(_Hunk(file.group() if number == 0 else "", text, _where(file["name"], text, start, parts)))
    return found


def _where(name: str, text: str, start: re.Match[str], parts: Mapping[str, list[Part]]) -> str:
    """The function of the hunk's first changed line, else that line."""
    before = next((at for at, line in enumerate(text.splitlines()[1:]) if line[:1] in ("+", "-")), 0)
    line = int(start["start"]) + before
    return part_at(parts.get(name, []), line) or f"{name}, line {line}"


def _begun(text: str, most: int) -> str:
    """The beginning of a hunk, in whole lines."""
    kept = text[:most].rpartition("\n")[0] + "\n"
    return f"{kept}[… {text.count(chr(10)) - kept.count(chr(10))} more lines of this hunk]\n"


def _told(out: list[_Hunk]) -> str:
    if not out:
        return ""
    lines, where = sum(hunk.changed for hunk in out), ", ".join(dict.fromkeys(hunk.where for hunk in out))
    return f"[… {len(out)} hunk{'s' if len(out) > 1 else ''} with {lines} changed lines not shown, in {where}]\n"


def _is(where: str, name: str) -> bool:
    return name in (where, where.rpartition(".")[2])
