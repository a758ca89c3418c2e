"""What runs are called besides their folders: in a plot's labels, a notes file, a file of titles."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

_NOTE = re.compile(r"^[\s#*>-]*((?:run|exp|experiment|trial)[\s_-]?\d+)\s*(?:[:(–—-]|\bis\b)\s*(.+)$", re.IGNORECASE)
_NOTES = ("notes.txt", "notes.md", "README.md")


def titles_of(root: Path, runs: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Run → its titles, from titles.json, dictionaries of labels in code, and lines `Run 3: …` of notes."""
    found: dict[str, list[str]] = {}
    plain = {_plain(name): name for name in runs}
    for name, title in (*_of_json(root), *_of_code(root), *_of_notes(root)):
        run = plain.get(_plain(name))
        if run and 2 < len(title) <= 80:
            found.setdefault(run, []).append(title)
    return {run: tuple(dict.fromkeys(titles)) for run, titles in found.items()}


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).lower()


def _of_json(root: Path) -> Iterator[tuple[str, str]]:
    try:
        titles = json.loads((root / "titles.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if isinstance(titles, dict):
        yield from ((str(name), title) for name, title in titles.items() if isinstance(title, str))


def _of_code(root: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(root.glob("*.py")):
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, SyntaxError):
            continue  # the folder's reader has said so
        for node in ast.walk(tree):
            if isinstance(node, ast.Dict):
                yield from (
                    (key.value, value.value)
                    for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(key.value, str)
                    if isinstance(value, ast.Constant) and isinstance(value.value, str)
                )


def _of_notes(root: Path) -> Iterator[tuple[str, str]]:
    for name in _NOTES:
        try:
            text = (root / name).read_text(encoding="utf-8")
        except (OSError, ValueError):
            continue
        for line in text.splitlines():
            if match := _NOTE.match(line):
                yield match[1], re.split(r"[.;,]\s", match[2].strip(" *#)_"))[0]
