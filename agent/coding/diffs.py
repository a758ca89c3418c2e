"""Unified diffs and patches in a reply, as models write them: with wrong line numbers, or none. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from agent.coding.listings import editable_of

_HUNK = re.compile(r"^@@(?: -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@)?")
_FILE = re.compile(r"^(?:\+\+\+ |\*\*\* (?P<how>Update|Add) File: )(?:b/)?(?P<path>\S+)")
_OTHER = re.compile(r"^(?:diff |index |--- |\*\*\* |new file|similarity |rename |old mode|new mode)")


@dataclass
class Hunk:
    """One place that changes."""

    path: str
    """As the reply names it; empty where it names none."""
    line: int | None
    """Where it begins, by its own account, from 1."""
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    adds: bool = False
    """It gives the whole of a file that is to be made (`*** Add File:`)."""

    def take(self, line: str) -> None:
        """A line by its sign: of what is looked for, of what stands there afterwards, or of both."""
        if line[:1] != "+":
            self.before.append(line[1:])
        if line[:1] != "-":
            self.after.append(line[1:])

    @property
    def changes(self) -> bool:
        """Whether it holds lines to put in, take out or find."""
        return self.before != self.after


def is_diff(text: str) -> bool:
    """Whether this is a diff: a hunk with a sign before its lines."""
    begins = r"^(?:@@.*|\*\*\* (?:Update|Add) File: .*)\n(?:.*\n)*?[+-]"
    return re.search(begins, text, re.MULTILINE) is not None


def hunks_of(text: str, held: Collection[str] = ()) -> list[Hunk]:
    """The hunks of a diff, in order. A line without a sign that is one of `held`, the lines of the files, is context."""
    hunks: list[Hunk] = []
    path, current, made = "", None, False
    for line in text.splitlines():
        made = made if not line.startswith("--- ") else line.split()[1:2] == ["/dev/null"]
        if named := _FILE.match(line):
            path, current = named["path"], None
            if named["how"]:  # such a patch need not begin its first hunk
                current = Hunk(path, None, adds=named["how"] == "Add")
                hunks.append(current)
        elif hunk := _HUNK.match(line):
            current = Hunk(path, int(hunk[1]) if hunk[1] else None, adds=made)
            hunks.append(current)
        elif current is None or _OTHER.match(line) or line.startswith("\\"):
            continue
        elif line.startswith("```") or line == "-- ":  # below it stands who made the patch
            current = None
        elif line[:1] in ("+", "-", " ", ""):
            current.take(line)
        elif line in held:
            current.take(f" {line}")
        else:
            current = None
    return _without_empty_ends(hunks)


def _without_empty_ends(hunks: Sequence[Hunk]) -> list[Hunk]:
    """The hunks that change something; an empty line behind the last one belongs to the reply."""
    for hunk in hunks:
        while hunk.before and hunk.after and not hunk.before[-1] and not hunk.after[-1]:
            hunk.before.pop()
            hunk.after.pop()
    return [hunk for hunk in hunks if hunk.changes]


def patched(now: str, hunks: Sequence[Hunk]) -> tuple[str, list[Hunk]]:
    """The file with each hunk at its place, the nearest to its line, else the first, where there are several; and those without a place."""
    lines, missed, moved = now.split("\n"), list[Hunk](), 0
    for hunk in hunks:
        places = [
            at for at in range(len(lines) - len(hunk.before) + 1) if lines[at : at + len(hunk.before)] == hunk.before
        ]
        if not places and (closer := _closer(hunk, lines)) is not None:
            hunk, places = closer
        if not hunk.before and now.strip():
            places = []
        if hunk.adds and not hunk.before:
            lines = [*hunk.after, ""]
            continue
        if not places:
            missed.append(hunk)
            continue
        wanted = 0 if hunk.line is None else hunk.line - 1 + moved
        at = min(places, key=lambda place: abs(place - wanted))
        lines[at : at + len(hunk.before)] = hunk.after
        moved += len(hunk.after) - len(hunk.before)
    return "\n".join(lines), missed


def _closer(hunk: Hunk, lines: Sequence[str]) -> tuple[Hunk, list[int]] | None:
    """The hunk without the one space that stands behind each of its signs, where that has a place; None else."""
    said = [line for line in (*hunk.before, *hunk.after) if line]
    if not hunk.before or not all(line.startswith(" ") for line in said):
        return None
    nearer = Hunk(
        hunk.path, hunk.line, [line[1:] for line in hunk.before], [line[1:] for line in hunk.after], hunk.adds
    )
    size = len(nearer.before)
    places = [at for at in range(len(lines) - size + 1) if list(lines[at : at + size]) == nearer.before]
    return (nearer, places) if places else None


def by_file(hunks: Sequence[Hunk], files: Mapping[str, str]) -> tuple[dict[str, list[Hunk]], list[str]]:
    """The hunks of each editable file; and the names of files that are none."""
    names, found, refused = list(files), dict[str, list[Hunk]](), list[str]()
    for hunk in hunks:
        name = editable_of(hunk.path, names) if hunk.path else names[0] if len(names) == 1 else ""
        if name:
            found.setdefault(name, []).append(hunk)
        else:
            refused.append(hunk.path or "a diff without a file's name")
    return found, refused
