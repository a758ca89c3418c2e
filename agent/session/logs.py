"""A log as a person would want it: no progress bars, no colours, no line a hundred times."""

from __future__ import annotations

import re
from pathlib import Path

_READ = 1_000_000
_WHOLE, _LONG_LINE = 16_000_000, 4000
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# `Training:  45%|████▌     | 127/529 [00:38<02:01,  3.32it/s, loss=0.1]`, with whatever follows left in place …
_BAR = re.compile(r"[^\r\n|]{0,80}?\d{1,3}%\|[^|\r\n]*\|[^\[\r\n]{0,60}\[[^\]\r\n]*\]?")
# … and the bar of a loop of unknown length: `Loading: 12it [00:03,  3.9it/s]`.
_COUNT = re.compile(r"[^\r\n|]{0,80}?\d+(?:\.\d+)?[kMG]?\s?\w{0,12} ?\[\d+:\d\d[^\]\r\n]*/s[^\]\r\n]*\]")
# pip's, keras' and rich's ways to draw one
_DRAWN = re.compile(r"[━█▉▊▋▌▍▎▏░▒▓╸╺]{3,}|\[=*>?[.\s]*\]\s*-?\s*(?:ETA|\d+s)|^\s*\d{1,3}%\s*$")


def read_log(path: Path, limit: int = _READ) -> str:
    """The last `limit` bytes of a log, cleaned; empty where there is no regular file."""
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - limit))
        return clean(file.read(limit).decode("utf-8", "replace"))


def read_long_log(path: Path, limit: int = _WHOLE) -> str:
    """The first `limit` bytes of a log, cleaned, each line cut to a few thousand characters in its middle."""
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        lines = re.split(r"[\r\n]", file.read(limit).decode("utf-8", "replace"))
    return clean("\n".join(shorten(line, _LONG_LINE) for line in lines))


def clean(text: str) -> str:
    """`text` without ANSI, progress bars and repeated lines. What a bar shares its line with stays."""
    text = _ANSI.sub("", text.replace("\r\n", "\n"))
    lines: list[str] = []
    repeats = 0
    for line in re.split(r"[\r\n]", text):
        line, had_bar = _without_bars(_CONTROL.sub("", line))
        if (had_bar and not line.strip()) or _DRAWN.search(line):
            continue
        if lines and line == lines[-1]:
            repeats += 1
            continue
        if repeats and lines and lines[-1]:
            lines.append(f"[the line above {repeats + 1} times]")
        repeats = 0
        lines.append(line)
    if repeats and lines and lines[-1]:
        lines.append(f"[the line above {repeats + 1} times]")
    return "\n".join(lines).strip("\n")


def _without_bars(line: str) -> tuple[str, bool]:
    """A line without its progress bars, and whether there were any."""
    plain = _BAR.sub("", line) if "%|" in line else line  # asked first: the patterns are slow on long lines
    plain = _COUNT.sub("", plain) if "/s" in plain else plain
    return plain.rstrip(), plain != line


def tail(text: str, lines: int, characters: int) -> str:
    """The last lines of a text, within a number of characters."""
    return "\n".join(text.splitlines()[-lines:])[-characters:]


def shorten(text: str, characters: int) -> str:
    """A text within a number of characters, cut in its middle."""
    if len(text) <= characters:
        return text
    half = (characters - 5) // 2
    return f"{text[:half]} … {text[-half:]}"
