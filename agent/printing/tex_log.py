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
_LOST = re.compile(r"Warning: (Reference|Citation) [`']([^']+)'.{0,60}?undefined on input line (\d+)")
_SHRUNK = re.compile(r"a table ([\d.]+)pt wide was shrunk to ([\d.]+)pt on\s*input line (\d+)")
_MISSING = re.compile(r"Missing character: There is no (\S+) (?:\(U\+[0-9A-F]+\) )?in font")
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
    wide: tuple[tuple[int, float], ...] = ()
    """By line of the source (0 where TeX does not say): by how many points something is too wide."""
    shrunk: tuple[tuple[int, float], ...] = ()
    """By line: at which part of its size, from 0 to 1, a table is printed."""
    undefined: tuple[tuple[int, str, str], ...] = ()
    """Line, kind and name of each reference and citation that there is not."""
    missing: tuple[str, ...] = ()
    """Characters that a font has no glyph for, which TeX leaves out."""


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
    over = [(int(m["line"] or 0), float(m["points"])) for line in lines if (m := _OVERFULL.search(line))]
    wide = [
        f"{points:.0f}pt too wide" + (f" near line {line}" if line else "")
        for line, points in over
        if points > _WIDE_PT
    ]
    pages = _PAGES.search(log)
    return TexLog(
        errors=tuple(errors),
        warnings=tuple(dict.fromkeys([*undefined, *wide, *_fonts(log)])),
        pages=int(pages.group(1)) if pages else 0,
        wide=tuple(over),
        shrunk=tuple((int(line), float(to) / float(size)) for size, to, line in _SHRUNK.findall(joined)),
        undefined=tuple(dict.fromkeys((int(line), kind.lower(), name) for kind, name, line in _LOST.findall(joined))),
        missing=tuple(dict.fromkeys(_MISSING.findall(joined))),
    )


def _fonts(log: str) -> list[str]:
    """Fonts that this TeX has not, or only as bitmaps."""
    missing = [f"no font {m['wanted']}, {m['taken']} is printed instead" for m in _FONT.finditer(log)]
    bitmaps = [f"font {m['font']} is a bitmap, its text cannot be copied" for m in _BITMAP.finditer(log)]
    return [*missing, *bitmaps]


def _line_number(line: str) -> str:
    match = re.match(r"^l\.(\d+)", line)
    return match.group(1) if match else ""
