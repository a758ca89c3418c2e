"""Results that a program printed into a file of text: `accuracy: 0.91` a line, columns under a header, records with words before them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from agent.session.files import stamp

TEXT = ".txt"
_OTHERS = re.compile(
    r"notes?|read_?me|licen[cs]e|requirements\w*|environment|prompts?|ideas?|changes|vocab\w*|labels?|classes|cmd|command|overrides|flags"
    r"|.*(?:config|cfg|args|hparam|setting|param|paper|draft|log)s?",
    re.IGNORECASE,
)
"""Names of texts that hold no results."""
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
_CELL = re.compile(rf"({_NUMBER})\s*%?", re.IGNORECASE)
_PAIR = re.compile(
    rf"(?:^|(?<=[,;|])|(?<=\s\s))\s*([A-Za-z][\w /@().%+-]*?)\s*[:=]\s*({_NUMBER})\s*(?:%|[a-zµ]{{1,7}}(?:/s)?)?\s*(?=$|[,;|]|\s\s)",
    re.IGNORECASE,
)
_RULE = re.compile(r"[\s=+|:*#-]*")
_SECTION = re.compile(r"[\s=#*\[<-]*([A-Za-z][\w .+/()-]*?)[\s=#*\]>:-]*")
_GAP = re.compile(r"\t+| {2,}")
_ENOUGH = 0.6
"""Of the lines that say anything, those that are understood."""
_LARGEST = 2**20
_FEWEST = 2


def is_printed(path: Path) -> bool:
    """Whether a file of text holds results that can be read, as it is now."""
    return _is_printed(path, stamp(path))


@lru_cache(maxsize=4096)
def _is_printed(path: Path, _: tuple[int, int]) -> bool:
    if path.suffix != TEXT or _OTHERS.fullmatch(path.stem):
        return False
    try:
        return path.stat().st_size <= _LARGEST and bool(of_printed(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return False


def of_printed(text: str) -> Any:
    """What a printed text holds: an object, or records. Raises ValueError where it is no list of results."""
    lines = [line.rstrip() for line in text.splitlines() if not _RULE.fullmatch(line)]
    for read in (_json, _records, _piped, _columns, _pairs):
        if lines and (payload := read(lines)):
            return payload
    raise ValueError("no results in a form that is known")


def _json(lines: Sequence[str]) -> Any:
    try:
        found = json.loads("\n".join(lines))
    except ValueError:
        return None
    return found if isinstance(found, (dict, list)) else None


def _records(lines: Sequence[str]) -> Any:
    """A record a line, with words before it (`:::MLLOG {…}`); of `key` and `value` the last of each."""
    rows = [line[line.find("{") :] for line in lines if "{" in line]
    if len(rows) < max(_FEWEST, _ENOUGH * len(lines)):
        return None
    try:
        told = [json.loads(row) for row in rows]
    except ValueError:
        return None
    if all(isinstance(row.get("key"), str) and "value" in row for row in told):
        return {row["key"]: row["value"] for row in told if isinstance(row["value"], (int, float))}
    return told


def _piped(lines: Sequence[str]) -> Any:
    """A table between bars."""
    rows = [[cell.strip(" *`") for cell in line.strip().strip("|").split("|")] for line in lines if line.count("|") > 1]
    if len(rows) < max(_FEWEST, _ENOUGH * len(lines)):
        return None
    return _rows(rows[0], rows[1:])


def _columns(lines: Sequence[str]) -> Any:
    """Columns under a header, parted by spaces; a row with a value or two of more columns is one of the whole: `accuracy`."""
    head = (
        lines[0].split()
        if all(len(part.split()) == 1 for part in _GAP.split(lines[0].strip()))
        else _GAP.split(lines[0].strip())
    )
    if len(head) < _FEWEST or any(map(_CELL.fullmatch, head)):
        return None
    parted = [_parted(line) for line in lines[1:]]
    rows = [(name, cells) for name, cells in parted if cells]
    if not rows or len(rows) < _ENOUGH * (len(lines) - 1):
        return None
    width = max(len(cells) for _, cells in rows)
    if not all(name for name, _ in rows) or width not in (len(head), len(head) - 1):
        return None
    told: dict[str, Any] = {}
    for name, cells in rows:
        told[name] = dict(zip(head[-width:], cells, strict=False)) if len(cells) == width else cells[0]
    return told


def _parted(line: str) -> tuple[str, list[float]]:
    """The words with which a line begins, and the numbers behind them."""
    words = line.split()
    cut = len(words)
    while cut and _CELL.fullmatch(words[cut - 1]):
        cut -= 1
    return " ".join(words[:cut]), [float(word.rstrip("%")) for word in words[cut:]]


def _pairs(lines: Sequence[str]) -> Any:
    """Names with their values, under the headings between them."""
    understood = [list(_of_line(line)) for line in lines]
    headings = [
        match[1] if not own and (match := _SECTION.fullmatch(line)) else ""
        for line, own in zip(lines, understood, strict=True)
    ]
    if sum(map(bool, understood)) < max(1.0, _ENOUGH * (len(lines) - sum(map(bool, headings)))):
        return None
    sections = any(headings[place] and place + 1 < len(lines) and understood[place + 1] for place in range(len(lines)))
    told: dict[str, Any] = {}
    within = told
    for heading, own in zip(headings, understood, strict=True):
        if heading and sections:
            within = told.setdefault(heading, {})
        within |= dict(own)
    several = [part for part in told.values() if isinstance(part, dict) and part]
    if len(several) == 1:  # a title, and no name of a run
        return {**{name: part for name, part in told.items() if not isinstance(part, dict)}, **several[0]}
    return {name: part for name, part in told.items() if part != {}}


def _of_line(line: str) -> Iterator[tuple[str, float]]:
    for match in _PAIR.finditer(line):
        yield match[1].strip(), float(match[2])


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    return [
        {
            name or "name": float(match[1]) if (match := _CELL.fullmatch(cell)) else cell
            for name, cell in zip(head, row, strict=False)
        }
        for row in rows
    ]
