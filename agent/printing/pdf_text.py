"""The words of a PDF that pdfTeX wrote, as a reader copies them: what its fonts say that each glyph stands for.

A small part of PDF, enough to hold a paper against its source without a PDF tool on the machine: objects (also in object streams), text operators,
widths, ToUnicode. A glyph whose font has no ToUnicode (a bitmap, say) is `\N{REPLACEMENT CHARACTER}`: nobody can copy it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.printing.pdf_objects import REFERENCE, Font, bounds_of, font_of, objects_of

TOKEN = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>|\[|\]|/[^\s/\[\]()<>]+|[-+.\d]+|[A-Za-z'\"*]+", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_GAP = 0.13
"""A gap between two glyphs that reads as a space, and a step down that reads as a new line, in the font's size."""
_STEP = 0.6
_UPRIGHT = 0.01
_A4 = (595.276, 841.89)

Matrix = tuple[float, float, float, float]
"""x scale, y scale, x shift, y shift; no text of ours is turned but the DRAFT mark."""


@dataclass(frozen=True)
class Glyph:
    """A character in print, in points from the page's lower left corner."""

    text: str
    x: float
    y: float
    """Of its base line."""
    end: float
    """Where it ends, to the right."""
    size: float


@dataclass(frozen=True)
class Box:
    """A figure in print, in points from the page's lower left corner."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Page:
    """A page: its size in points, and what stands on it; what is turned (the mark of a draft) is left out."""

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    figures: tuple[Box, ...]


def text_of(pdf: Path) -> str:
    """The words of a PDF, page after page, on one line."""
    return " ".join(texts_of(pdf))


def texts_of(pdf: Path) -> list[str]:
    """The words of each page of a PDF, on one line a page."""
    objects = objects_of(pdf.read_bytes())
    return [" ".join(_drawn(objects, page)[0].split()) for page in _pages(objects)]


def pages_of(pdf: Path) -> list[Page]:
    """Where glyphs and figures stand, page after page."""
    objects = objects_of(pdf.read_bytes())
    return [_page(objects, page) for page in _pages(objects)]


def _pages(objects: Mapping[int, bytes]) -> list[bytes]:
    return [body for body in objects.values() if re.match(rb"\s*<<\s*/Type\s*/Page\b", body)]


def _page(objects: Mapping[int, bytes], page: bytes) -> Page:
    _, pen = _drawn(objects, page)
    size = re.search(rb"/MediaBox\s*\[\s*[-\d.]+\s+[-\d.]+\s+([\d.]+)\s+([\d.]+)", page)
    width, height = (float(size[1]), float(size[2])) if size else _A4
    return Page(width, height, tuple(pen.glyphs), tuple(pen.boxes))


def _drawn(objects: Mapping[int, bytes], page: bytes) -> tuple[str, _Pen]:
    """The text of a page, and the pen that has drawn it."""
    content, resources = (
        objects[int(match[1])]
        for name in (b"Contents", b"Resources")
        if (match := re.search(name + b" " + REFERENCE, page))
    )
    named = re.findall(rb"/(F\d+) " + REFERENCE, resources)
    shown = re.findall(rb"/((?:Im|Fm)\d+) " + REFERENCE, resources)
    fonts = {name.decode(): font_of(objects, objects[int(number)]) for name, number in named}
    pen = _Pen(fonts, {name.decode(): bounds_of(objects[int(number)]) for name, number in shown})
    return "".join(_glyphs(content[content.index(b"stream\n") + 7 :], pen)), pen


def _glyphs(content: bytes, pen: _Pen) -> Iterator[str]:
    """The text of a content stream; a space where the pen has jumped."""
    operands: list[bytes] = []
    for match in TOKEN.finditer(content):
        token = match[0]
        if token[:1].isalpha() or token in (b"'", b'"'):
            yield from pen.obey(token.decode(), operands)
            operands = []
        else:
            operands.append(token)


class _Pen:
    """Where the next glyph stands, and where the last one ended."""

    def __init__(self, fonts: Mapping[str, Font], figures: Mapping[str, tuple[float, float, float, float]]) -> None:
        self.fonts, self.figures = fonts, figures
        self.glyphs: list[Glyph] = []
        self.boxes: list[Box] = []
        self.turned = False
        self.font, self.size = Font({}, {}), 1.0
        self.space: Matrix = (1, 1, 0, 0)
        self.kept: list[tuple[Matrix, bool]] = []
        self.line: Matrix = (1, 1, 0, 0)
        self.x = 0.0
        self.end: tuple[float, float] | None = None

    def obey(self, operator: str, operands: list[bytes]) -> Iterator[str]:
        """Do what an operator says; the text that it shows."""
        if operator == "q":
            self.kept.append((self.space, self.turned))
        elif operator == "Q":
            self.space, self.turned = self.kept.pop() if self.kept else (self.space, self.turned)
        elif operator == "cm":
            self.space = _times(self.space, _matrix(operands))
            self.turned = self.turned or any(abs(float(operand)) > _UPRIGHT for operand in operands[-5:-3])
        elif operator == "Do":
            self._place(operands[-1][1:].decode("latin-1"))
        elif operator == "BT":
            self.line, self.x = (1, 1, 0, 0), 0.0
        elif operator == "Tm":
            self.line, self.x = _matrix(operands), 0.0
        elif operator == "Td":
            self.line, self.x = _times(self.line, (1, 1, float(operands[0]), float(operands[1]))), 0.0
        elif operator == "Tf":
            self.font, self.size = self.fonts.get(operands[0][1:].decode(), Font({}, {})), float(operands[1])
        elif operator in ("TJ", "Tj"):
            for operand in operands:
                yield from self._show(operand)

    def _place(self, figure: str) -> None:
        if figure in self.figures and not self.turned:
            left, bottom, right, top = self.figures[figure]
            a, d, e, f = self.space
            across, up = sorted((a * left + e, a * right + e)), sorted((d * bottom + f, d * top + f))
            self.boxes.append(Box(across[0], up[0], across[1], up[1]))

    def _show(self, operand: bytes) -> Iterator[str]:
        if operand in (b"[", b"]"):
            return
        if not operand.startswith(b"("):
            self.x -= float(operand) / 1000 * self.size
            return
        for code in unescaped(operand):
            x, y = self._here()
            if self.end is not None:
                near = self.size * abs(self.space[0] * self.line[0])
                if abs(y - self.end[1]) > _STEP * near or abs(x - self.end[0]) > _GAP * near:
                    yield " "
            char = self.font.unicode.get(code, "\N{REPLACEMENT CHARACTER}")
            yield char
            self.x += self.font.widths.get(code, 0.0) / 1000 * self.size
            self.end = self._here()
            if not self.turned:
                self.glyphs.append(Glyph(char, x, y, self.end[0], self.size * abs(self.space[0] * self.line[0])))

    def _here(self) -> tuple[float, float]:
        place = _times(_times(self.space, self.line), (1, 1, self.x, 0))
        return place[2], place[3]


def _matrix(operands: list[bytes]) -> Matrix:
    a, _, _, d, e, f = (float(operand) for operand in operands[-6:])
    return a, d, e, f


def _times(outer: Matrix, inner: Matrix) -> Matrix:
    """The inner matrix done first."""
    return (outer[0] * inner[0], outer[1] * inner[1], outer[0] * inner[2] + outer[2], outer[1] * inner[3] + outer[3])


def unescaped(operand: bytes) -> bytes:
    """The bytes of a string `(…)`, its escapes read."""

    def unescape(match: re.Match[bytes]) -> bytes:
        said = match[1]
        return bytes([int(said, 8) & 255]) if said.isdigit() else _ESCAPES.get(said, said)

    return re.sub(rb"\\([0-7]{1,3}|.)", unescape, operand[1:-1], flags=re.DOTALL)
