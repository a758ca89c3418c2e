"""A log of several processes, sorted: the lines of each together, without what a launcher or logger put before them.

Ranks and workers write into one log, line by line: `[rank1]:`, `(train pid=12)`, `[1,0]<stderr>:`, `worker-0: `, a date and
a level. What stands before `Traceback` and before the frames that follow is such a prefix, whatever it looks like; the
usual ones are known. Boxes and indented tracebacks are laid out as Python itself prints them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

HEADER = "Traceback (most recent call last):"
MARK = "\x02"
"""Begins a line, which no log that was cleaned has: behind it the prefix of the lines that follow; nothing at their end."""
END = "\x03"
"""A line at which whatever stood before has ended."""
_KNOWN = re.compile(
    r"(?:\[(?:rank|default|trainer|worker|node)[-_ ]?\d+\]:?\s?"  # the usual launchers of ranks
    r"|\((?:[\w.:<>-]+ )?(?:pid|ip)=[^)]{1,80}\)\s?"  # ray
    r"|\[\d+,\d+\]<std(?:err|out)>:\s?)+"  # mpirun
)
_CHANGING = re.compile(  # a time, a number of seconds: whatever differs from line to line of one process
    r"\d{4}-\d\d-\d\d[T_ ]\d\d:\d\d:\d\d(?:[.,]\d+)?|\d\d:\d\d:\d\d(?:[.,]\d+)?|\b[IWEF]\d{4}\b|\d+\.\d+"
)
_BOX_TOP = re.compile(r"^\s*[╭┌+][─-]+ (?:\w+ )*Traceback \(most recent call last\) [─-]+[╮┐+]\s*$")
_BOX_LINE = re.compile(r"^\s*[│|] ?(?P<inner>.*?)\s*[│|]?$")
_BOX_FRAME = re.compile(r"^(?P<file>\S.*?):(?P<line>\d+) in (?P<function>\S+)$")
_BOX_SOURCE = re.compile(r"^(?:❱|>)\s*\d+ (?:[│|]\s*)*(?P<source>.*)$")
_RANK_KEYS = ("rank", "local_rank", "global_rank", "process_index", "worker", "node_rank")
_LINE_KEYS = ("log", "message", "msg", "line", "text", "event")
_LOOK_AHEAD, _MOST, _DEEPEST = 400, 256, 4


def sorted_lines(text: str) -> list[str]:
    """The lines of a log, those of each process together where its last traceback began, between two marks."""
    lines = [part for line in _of_records(text.splitlines()) for part in _of_json(line)]
    if "Traceback" not in text and "Fatal Python error" not in text and "terminate called" not in text:
        return lines
    owners = _owners(lines)
    streams: dict[str, list[str]] = {}
    place: dict[str, int] = {}
    for index, (line, (prefix, rest)) in enumerate(zip(lines, owners, strict=True)):
        if prefix:
            streams.setdefault(prefix, []).append(rest)
            if prefix not in place or _begins(line):
                place[prefix] = index
    at = {index: prefix for prefix, index in place.items()}
    found: list[str] = []
    for index, (line, (prefix, _)) in enumerate(zip(lines, owners, strict=True)):
        if index in at:
            found += [f"{MARK}{at[index]}", *_plain(streams[at[index]]), MARK]
        elif not prefix:
            found.append(line)
    return _plain(found)


def _of_records(lines: list[str]) -> list[str]:
    """The lines that a container's log wraps in a record each, a traceback among them; any other log as it is."""
    if not any(line.startswith("{") and HEADER in line for line in lines):
        return lines
    unwrapped = [_line_of(line) for line in lines]
    spread = any(line is not None and line.lstrip().startswith('File "') for line in unwrapped)
    if not spread:  # each record holds a traceback whole
        return lines
    return [line if inner is None else inner for line, inner in zip(lines, unwrapped, strict=True)]


def _line_of(line: str) -> str | None:
    """The one line that a record of JSON holds; None where it is none, or holds more."""
    if not (line.startswith("{") and line.rstrip().endswith("}")):
        return None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    said = next((record[key] for key in _LINE_KEYS if isinstance(record.get(key), str)), None)
    return None if said is None or "\n" in said.rstrip("\n") else said.rstrip("\n")


def _of_json(line: str) -> list[str]:
    """The lines of a record that a logger wrote as JSON, behind its rank where it names one; any other line as it is."""
    if not (line.startswith("{") and line.rstrip().endswith("}") and "Traceback" in line):
        return [line]
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return [line]
    fields = list(_fields(record, 0))
    said = next((text for _, text in fields if isinstance(text, str) and HEADER in text), "")
    rank = next(
        (value for key in _RANK_KEYS for name, value in fields if name == key and isinstance(value, int | str)), ""
    )
    return [f"[rank{rank}]: {part}" if str(rank).isdigit() else part for part in said.splitlines()] or [line]


def _fields(record: Mapping[str, Any], depth: int) -> Iterator[tuple[str, Any]]:
    """Each field of a record and of the records in it; a list of lines is their text."""
    for key, value in record.items():
        if isinstance(value, dict) and depth < _DEEPEST:
            yield from _fields(value, depth + 1)
        elif isinstance(value, list) and value and all(isinstance(line, str) for line in value):
            yield key, "\n".join(line.rstrip("\n") for line in value)
        else:
            yield key, value


def _begins(line: str) -> bool:
    return HEADER in line or "Fatal Python error" in line or "terminate called" in line


def _owners(lines: list[str]) -> list[tuple[str, str]]:
    """For each line its prefix, without what changes from one line to the next, and the rest; no prefix is empty."""
    found = []
    known = [(match[0].strip(), line[match.end() :]) if (match := _KNOWN.match(line)) else ("", line) for line in lines]
    learned = _learned([rest for _, rest in known])
    for prefix, rest in known:
        for name, pattern in learned.items():
            if match := pattern.match(rest):
                found.append((prefix + name, rest[match.end() :]))
                break
        else:
            found.append((prefix, rest))
    return found


def _learned(lines: list[str]) -> dict[str, re.Pattern[str]]:
    """What stands before a traceback's header and before its frames alike."""
    found: dict[str, re.Pattern[str]] = {}
    grouped = any("Exception Group Traceback" in line for line in lines)
    for index, line in enumerate(lines):
        before = line[: -len(HEADER)] if line.endswith(HEADER) else ""
        name = _CHANGING.sub("#", before).strip()
        is_tree = not set(name) - set("|+-") and (name != "|" or grouped)
        if not name or is_tree or name in found:
            continue
        pattern = _pattern(before)
        ahead = lines[index + 1 : index + _LOOK_AHEAD]
        inner = (one[match.end() :] for one in ahead if (match := pattern.match(one)))
        if any(one.lstrip().startswith('File "') for one in inner) and len(found) < _MOST:
            found[name] = pattern
    return found


def _pattern(before: str) -> re.Pattern[str]:
    """Matches the same words before another line; one space behind them belongs to them."""
    words = before.rstrip()
    parts = [re.escape(part) for part in _CHANGING.split(words)]
    return re.compile(r"[\w:.,T -]+?".join(parts) + (r"(?:\s|$)" if words != before else ""))


def _plain(lines: list[str]) -> list[str]:
    """Boxes and indented tracebacks as Python itself prints them."""
    found: list[str] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if _BOX_TOP.match(line):
            found.append(HEADER)
            inner, index = _unboxed(lines, index + 1)
            found += inner
            continue
        margin = len(line) - len(line.lstrip(" "))
        if margin and line.endswith(HEADER) and not line.lstrip().startswith(("|", "+", "Exception Group")):
            index += 1
            found.append(line[margin:])
            while index < len(lines) and lines[index][:margin].isspace():
                found.append(lines[index][margin:])
                index += 1
            found.append(END)
            continue
        found.append(line)
        index += 1
    return found


def _unboxed(lines: list[str], index: int) -> tuple[list[str], int]:
    """The frames of a box that is drawn round a traceback, and where it ends."""
    found: list[str] = []
    held = ""  # a long path is broken over lines
    while index < len(lines) and (match := _BOX_LINE.match(lines[index])):
        inner = match["inner"].strip()
        index += 1
        if frame := _BOX_FRAME.match(held + inner):
            found.append(f'  File "{frame["file"]}", line {frame["line"]}, in {frame["function"]}')
        elif source := _BOX_SOURCE.match(inner):
            found.append(f"    {source['source'].strip()}")
        held = held + inner if inner.startswith("/") or held else ""
        held = "" if frame or len(held) > 1000 or not inner else held
    return found, index + 1
