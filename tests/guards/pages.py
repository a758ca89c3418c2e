"""What a page of the documentation says of files, headings and classes that are not there, and a list that says one thing twice."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import permutations
from pathlib import Path

_LINK = re.compile(r"\]\(([^)#:\s]*)#([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"^```(?:\w[^\n]*\n.*?^```$|\n(.*?)^```$)", re.DOTALL | re.MULTILINE)
"""A block of code; its text where it names no language."""
_ROW = re.compile(r"^\| ((?:`[^`]+`(?:, )?)+) \| ((?:[^|`]*`[^`]+`[^|`]*)+) \|", re.MULTILINE)
_CODE = re.compile(r"`([^`]+)`")
_WORD = re.compile(r"[\w-]+")
_FEW, _NEARLY = 6, 0.9
"""Words that an entry must have to be compared, and the part of them that another must have for the two to say the same."""


def dead_anchors(page: Path) -> list[str]:
    """Links of a page to a heading that its target does not have; a target that is missing itself is another's to tell."""
    dead = []
    for target, anchor in _LINK.findall(page.read_text(encoding="utf-8")):
        path = page.parent / target if target else page
        if path.suffix == ".md" and path.is_file() and anchor not in set(anchors(path)):
            dead.append(f"{target}#{anchor}")
    return dead


def anchors(page: Path) -> Iterator[str]:
    """The anchor of each heading, as GitHub makes it: small letters, no punctuation, a hyphen for each space."""
    for line in _FENCE.sub("", page.read_text(encoding="utf-8")).splitlines():
        if line.startswith("#"):
            text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line.lstrip("#").strip())
            yield re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def objects_not_there(page: str, root: Path) -> list[str]:
    """Rows of a table `| objects | modules | … |` whose modules are not below `root`, or define none of that name.

    A module without a folder lies beside the one before it. In a folder any module may define the object.
    """
    told = []
    for objects, places in _ROW.findall(page):
        folder, defined = root, set[str]()
        for place in _CODE.findall(places):
            folder = root / Path(place).parent if "/" in place else folder
            path = root / place if "/" in place else folder / place
            if place.endswith("/"):
                folder = path
            if not path.exists():
                told.append(f"{place} is not there")
            modules = sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.is_file() else []
            defined |= {name for module in modules for name in _defined(module)}
        told += [f"{name} is not in {places.strip()}" for name in _CODE.findall(objects) if name not in defined]
    return told


def _defined(module: Path) -> Iterator[str]:
    """Classes, functions and constants at the top of a module."""
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def told_twice(changelog: str) -> list[str]:
    """Headings that a release has twice, and entries of one release that are, nearly word by word, in another of its entries."""
    found = []
    for release in re.split(r"^## ", changelog, flags=re.MULTILINE)[1:]:
        lines = release.splitlines()
        headings = Counter(line for line in lines if line.startswith("### "))
        found += [heading for heading, times in headings.items() if times > 1]
        entries = [(line, frozenset(_WORD.findall(line))) for line in lines if line.startswith("- ")]
        found += [line for (line, words), (_, others) in permutations(entries, 2) if _is_in(words, others)]
    return found


def _is_in(words: frozenset[str], others: frozenset[str]) -> bool:
    return len(words) >= _FEW and len(words & others) >= _NEARLY * len(words)


def rooms_not_pictured(page: str, rooms: Collection[str]) -> list[str]:
    """Rooms that no picture of a page shows: a picture is a block without a language, `room/` or `room.py` a word in it."""
    words = {word for block in _BLOCK.findall(page) for word in _WORD.findall(block)}
    return sorted(room for room in rooms if room not in words and not room.startswith("_"))
