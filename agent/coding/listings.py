"""Fenced text in a reply, whatever the fence, and whether a listing is a whole file. Standard library only."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePosixPath

_OPENS = re.compile(r"^\s{0,3}(`{3,}|~{3,})\s*([^`\n]*?)\s*$")
_TAG = re.compile(r"^\s{0,3}<(source|code|file|python|content|document)\b([^>]*)>\s*$", re.IGNORECASE)
_NAMES = re.compile(r"[^\s`'\"*:=()\[\]<>,;]+")
_LEFT_OUT = re.compile(
    r"^\s*(?:#|//).*(?:\.\.\.|…|\bunchanged\b|\bas before\b|\brest of\b|\bremaining code\b|\bexisting code\b)"
    r"|^(?:\.\.\.|…)\s*$",
    re.IGNORECASE,
)
_MOST_ENDS = 12
"""Lines that may end a listing among which its end is looked for: each is tried, and a reply may repeat itself up to its limit."""
_SHELL = (
    "bash",
    "sh",
    "shell",
    "console",
    "text",
    "txt",
    "json",
    "output",
    "latex",
    "tex",
    "markdown",
    "md",
    "toml",
    "yaml",
)


@dataclass(frozen=True)
class Listing:
    """One fenced text."""

    info: str
    """What stands behind the opening fence, or in the tag."""
    above: tuple[str, ...]
    """The two lines with text before it, the nearest first."""
    bodies: tuple[str, ...]
    """What it may hold, the longest first, since a line within it may look like its end. Empty where it never ends."""

    @property
    def language(self) -> str:
        """The first word of `info` in small letters."""
        return (re.split(r"[\s:{]", self.info.strip()) or [""])[0].lower()

    @property
    def is_code(self) -> bool:
        """Whether it may be meant for an editable file: no command, no output."""
        return self.language not in _SHELL


def listings_of(text: str) -> Iterator[Listing]:
    """Every fenced text of a reply, in order."""
    lines, at = text.splitlines(keepends=True), 0
    while at < len(lines):
        fence, tag = _OPENS.match(lines[at]), _TAG.match(lines[at])
        if fence is None and tag is None:
            at += 1
            continue
        ends = _ends(lines, at, fence[1] if fence else f"</{tag[1]}>" if tag else "")
        info = fence[2] if fence else tag[2] if tag else ""
        near = takewhile(
            lambda line: not _OPENS.match(line), reversed(lines[:at])
        )  # what lies before that is another's
        above = tuple(line.strip() for line in near if line.strip())[:2]
        bodies = tuple("".join(lines[at + 1 : end]) for end in reversed(ends))
        indent = len(lines[at]) - len(lines[at].lstrip(" "))
        bodies = tuple(map(_bare, bodies)) if tag else tuple(_outdented(body, indent) for body in bodies)
        chosen = next(
            (end for end in reversed(ends) if parses("".join(lines[at + 1 : end]))), ends[0] if ends else None
        )
        yield Listing(info, above, bodies)
        at = len(lines) if chosen is None else chosen + 1


def split_by_file(listings: Sequence[Listing], names: Sequence[str]) -> list[Listing]:
    """The listings, one that holds several editable files under comments with their names as one for each."""
    return [part for listing in listings for part in _parts_of(listing, names)]


def _parts_of(listing: Listing, names: Sequence[str]) -> list[Listing]:
    lines = listing.bodies[-1].splitlines(keepends=True) if listing.bodies else []
    marks = [at for at, line in enumerate(lines) if re.match(r"(?:#|//)", line) and alone(line) in names]
    if len({alone(lines[at]) for at in marks}) < 2:
        return [listing]
    ends = [*marks[1:], len(lines)]
    return [
        Listing(f"python {alone(lines[at])}", (), ("".join(lines[at + 1 : end]).strip("\n") + "\n",))
        for at, end in zip(marks, ends, strict=True)
    ]


def _outdented(body: str, indent: int) -> str:
    """A listing's text without the margin at which its fence stands, as in an item of a list."""
    return re.sub(rf"^ {{1,{indent}}}", "", body, flags=re.MULTILINE) if indent else body


def _bare(body: str) -> str:
    """What a tag holds, without a fence of its own."""
    fenced = re.fullmatch(r"\s*(`{3,}|~{3,})[^\n]*\n(.*?)^\1\s*", body, re.DOTALL | re.MULTILINE)
    return fenced[2] if fenced else body


def _ends(lines: Sequence[str], at: int, opened: str) -> list[int]:
    """The lines where the fence that opens at this one may end."""
    ends = []
    for place in range(at + 1, len(lines)):
        line = lines[place].strip()
        if opened.startswith("<"):
            if line.lower() == opened.lower():
                return [place]
        elif line and set(line) == {opened[0]} and len(line) >= len(opened):
            ends.append(place)
            if len(ends) == _MOST_ENDS:
                break
    return ends


def parses(code: str) -> bool:
    """Whether this is Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def is_path(word: str) -> bool:
    """Whether a word looks like a file's name."""
    return re.search(r"[\w-]\.[A-Za-z]\w*$|/", word) is not None and not word.startswith(("http:", "https:"))


def alone(line: str) -> str:
    """The one word of a line that is nothing but a file's name, its Markdown off; empty for any other line."""
    line = re.sub(r"</?[A-Za-z][^<>]*>", " ", line)
    line = re.sub(r"^\s*(?:#+|//|[-*>]|\d+\.)?\s*(?:file(?:name)?|path)?\s*:?\s*", "", line, flags=re.IGNORECASE)
    words = line.strip().strip("*`'\":()<>[] ").split()
    return words[0].strip("`*'\":") if len(words) == 1 else ""


def named_in(line: str, names: Sequence[str]) -> str:
    """The editable file that a line speaks of; empty where it is none or more than one."""
    words = {word.strip(".") for word in _NAMES.findall(line)}
    found = [name for name in names if name in words or any(w.endswith(f"/{name}") for w in words)]
    return found[0] if len(found) == 1 else ""


def editable_of(path: str, names: Sequence[str]) -> str:
    """The editable file that a path means: itself, or the only one in whose name it ends; empty where it means none."""
    if path in names:
        return path
    path = re.sub(r"^[A-Za-z]:", "", path).replace("\\", "/")
    ending = [name for name in names if path.endswith(f"/{name}") or path.lower() == name.lower()]
    ending = ending or [name for name in names if PurePosixPath(path).name == PurePosixPath(name).name]
    return ending[0] if len(ending) == 1 and ".." not in PurePosixPath(path).parts else ""


def why_not_whole(name: str, body: str, now: str, flags: Sequence[str], asked: bool) -> str:
    """Why a listing cannot be the whole of this file, which reads `now`; empty where it may be.

    `flags` are those that the tool gives its script; `asked`: whole files were asked for, and this one by its name.
    """
    before = set(now.splitlines())
    if any(_LEFT_OUT.search(line) for line in body.splitlines() if line not in before):
        return f"the listing of {name} leaves out parts of the file"
    if name.endswith(".py"):
        if not parses(body):
            return f"the listing of {name} is no whole Python file"
        held = [flag for flag in flags if _holds(flag, now)]
        if lost := [flag for flag in held if not _holds(flag, body)]:
            return f"the listing of {name} does not take --{lost[0]}, which the tool gives it"
        if not asked and not held and len(defined(now) & defined(body)) * 2 < max(1, len(defined(now))):
            return f"the listing of {name} lacks most of what the file defines"
    return ""


def _holds(flag: str, text: str) -> bool:
    return flag in text or flag.replace("-", "_") in text


def defined(code: str) -> set[str]:
    """The functions, classes and names that a module defines at its top."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))}
    targets: list[ast.expr] = []
    for node in tree.body:
        targets += (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
    return found | {target.id for target in targets if isinstance(target, ast.Name)}


def name_of(listing: Listing, files: Mapping[str, str], asked: bool) -> tuple[str, bool]:
    """The file that a listing is of, as it is named there, and whether it is named; the only editable one where it is not.

    Empty where it names none and several are editable.
    """
    names = list(files)
    for word in _NAMES.findall(listing.info):
        if is_path(word) and "." in word:  # `text/x-python` is no file
            return word, True
    for line in listing.above:
        word = alone(line)
        if word and (is_path(word) or word in names or (asked and line == listing.above[0])):
            return word, True
        if name := named_in(line, names):
            return name, True
    first = listing.bodies[0].split("\n", 1)[0] if listing.bodies else ""
    if first.startswith("#") and is_path(word := alone(first)):
        return word, True
    return (names[0], False) if len(names) == 1 else ("", False)
