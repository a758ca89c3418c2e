"""What a LaTeX run says: errors with line and context, what is undefined, what sticks out, how many pages.

A font that this TeX has not is a warning too: it prints another, or a bitmap, and names copied from the PDF are wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ERROR = re.compile(
    r"^(?:\./)?(?P<file>[\w./-]+\.\w+):(?P<line>\d+): (?P<text>.+)$|^!(?: |(?=pdfTeX error))(?P<bare>.+)$"
)
_CONTEXT = re.compile(r"^l\.\d+ ?(.*)$")
_UNDEFINED = re.compile(r"(?:LaTeX|Package natbib) Warning: (?P<kind>Reference|Citation) [`'](?P<name>[^']+)'")
_OVERFULL = re.compile(r"Overfull \\hbox \((?P<points>[\d.]+)pt too wide\).*?(?:lines? (?P<line>\d+)|\Z)")
_PAGES = re.compile(r"Output written on .*?\((\d+) pages?", re.DOTALL)
_FONT = re.compile(
    r"LaTeX Font Warning: Font shape `(?P<wanted>[^']+)' undefined\s+\(Font\)\s+using `(?P<taken>[^']+)' instead"
)
_BITMAP = re.compile(r"/(?P<font>[\w-]+)\.\d+pk>")
_WIDE_PT = 20.0


@dataclass(frozen=True)
class TexError:
    """One error: in which line of which file (0 where TeX does not say), TeX's words, the text where it stopped."""

    file: str
    line: int
    text: str
    context: str = ""

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.text}" + (f" (at {self.context!r})" if self.context else "")


@dataclass(frozen=True)
class TexLog:
    """A run of pdflatex, read from its log."""

    errors: tuple[TexError, ...]
    warnings: tuple[str, ...]
    pages: int


def read_log(log: str) -> TexLog:
    """What a log of `pdflatex -file-line-error` tells."""
    lines = log.splitlines()
    errors = []
    for place, line in enumerate(lines):
        match = _ERROR.match(line)
        if not match:
            continue
        text = match["text"] or match["bare"]
        if text.strip().startswith("==>"):
            continue  # only says that TeX stops now
        contexts = [found.group(1) for later in lines[place + 1 : place + 8] if (found := _CONTEXT.match(later))]
        numbers = [int(n) for later in lines[place + 1 : place + 8] if (n := _line_number(later))]
        number = int(match["line"]) if match["line"] else next(iter(numbers), 0)
        errors.append(
            TexError(match["file"] or "", number, text.strip(), contexts[0].strip()[-70:] if contexts else "")
        )
    joined = re.sub(r"\n(?=\S)", "", log) if log else ""
    undefined = [f"undefined {m['kind'].lower()} {m['name']}" for m in _UNDEFINED.finditer(log + joined)]
    wide = [
        f"{float(m['points']):.0f}pt too wide" + (f" near line {m['line']}" if m["line"] else "")
        for line in lines
        if (m := _OVERFULL.search(line)) and float(m["points"]) > _WIDE_PT
    ]
    warnings = dict.fromkeys([*undefined, *wide, *_fonts(log)])
    pages = _PAGES.search(log)
    return TexLog(tuple(errors), tuple(warnings), int(pages.group(1)) if pages else 0)


def _fonts(log: str) -> list[str]:
    """Fonts that this TeX has not, or only as bitmaps."""
    missing = [f"no font {m['wanted']}, {m['taken']} is printed instead" for m in _FONT.finditer(log)]
    bitmaps = [f"font {m['font']} is a bitmap, its text cannot be copied" for m in _BITMAP.finditer(log)]
    return [*missing, *bitmaps]


def _line_number(line: str) -> str:
    match = re.match(r"^l\.(\d+)", line)
    return match.group(1) if match else ""
