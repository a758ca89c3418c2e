"""The words of a PDF that pdfTeX wrote, as a reader copies them: what its fonts say that each glyph stands for.

A small part of PDF, enough to hold a paper against its source without a PDF tool on the machine: objects (also in object streams), text operators,
widths, ToUnicode. A glyph whose font has no ToUnicode (a bitmap, say) is `\N{REPLACEMENT CHARACTER}`: nobody can copy it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_OBJECT = re.compile(rb"(?<![\d.])(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n")
_REFERENCE = rb"(\d+) 0 R"
_TOKEN = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>|\[|\]|/[^\s/\[\]()<>]+|[-+.\d]+|[A-Za-z'\"*]+", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_LARGEST = 50_000_000
"""Bytes of a stream that are still unpacked."""
_CODES = 65_536
"""Codes of one range of a font."""
_GAP = 0.13
"""A gap between two glyphs that reads as a space, and a step down that reads as a new line, in the font's size."""
_STEP = 0.6

Matrix = tuple[float, float, float, float]
"""x scale, y scale, x shift, y shift; no text of ours is turned but the DRAFT mark."""


@dataclass(frozen=True)
class Font:
    """What each code stands for, and how wide it is in thousandths of the size."""

    unicode: Mapping[int, str]
    widths: Mapping[int, float]


def text_of(pdf: Path) -> str:
    """The words of a PDF, page after page, on one line."""
    objects = _objects(pdf.read_bytes())
    pages = [body for body in objects.values() if re.match(rb"\s*<<\s*/Type\s*/Page\b", body)]
    return " ".join(" ".join(_page(objects, page).split()) for page in pages)


def _objects(pdf: bytes) -> dict[int, bytes]:
    """Number → body of every object; a stream is unpacked behind its dictionary."""
    found: dict[int, bytes] = {}
    for match in _OBJECT.finditer(pdf):
        body = _unpacked(match[2])
        found[int(match[1])] = body
        packed = re.search(rb"/Type\s*/ObjStm.*?/N (\d+)\s*/First (\d+)", body, re.DOTALL)
        if packed:
            content = body[body.index(b"stream\n") + 7 :]
            numbers = [int(word) for word in content[: int(packed[2])].split()]
            places = [int(packed[2]) + place for place in numbers[1::2]] + [len(content)]
            for number, start, end in zip(numbers[::2], places, places[1:], strict=False):
                found[number] = content[start:end]
    return found


def _unpacked(body: bytes) -> bytes:
    start = _STREAM.search(body)
    if start is None or b"FlateDecode" not in body[: start.start()]:
        return body
    try:
        return body[: start.start()] + b"stream\n" + zlib.decompressobj().decompress(body[start.end() :], _LARGEST)
    except zlib.error:
        return body


def _page(objects: Mapping[int, bytes], page: bytes) -> str:
    """The text of a page."""
    content, resources = (
        objects[int(match[1])]
        for name in (b"Contents", b"Resources")
        if (match := re.search(name + b" " + _REFERENCE, page))
    )
    named = re.findall(rb"/(F\d+) " + _REFERENCE, resources)
    fonts = {name.decode(): _font(objects, objects[int(number)]) for name, number in named}
    return "".join(_glyphs(content[content.index(b"stream\n") + 7 :], fonts))


def _font(objects: Mapping[int, bytes], font: bytes) -> Font:
    mapped = re.search(rb"/ToUnicode " + _REFERENCE, font)
    widths = re.search(rb"/Widths " + _REFERENCE, font)
    first = re.search(rb"/FirstChar (\d+)", font)
    wide = [float(word) for word in objects[int(widths[1])].strip(b"[] \n\r").split()] if widths else []
    return Font(
        _to_unicode(objects[int(mapped[1])]) if mapped else {},
        {int(first[1]) + place: width for place, width in enumerate(wide)} if first else {},
    )


def _to_unicode(cmap: bytes) -> dict[int, str]:
    text = cmap.decode("latin-1")
    codes: dict[int, str] = {}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for low, high, to in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", block):
            for step in range(min(int(high, 16) - int(low, 16) + 1, _CODES)):
                codes[int(low, 16) + step] = chr(int(to, 16) + step)
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, to in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            codes[int(code, 16)] = bytes.fromhex(to).decode("utf-16-be")
    return codes


def _glyphs(content: bytes, fonts: Mapping[str, Font]) -> Iterator[str]:
    """The text of a content stream; a space where the pen has jumped."""
    pen = _Pen(fonts)
    operands: list[bytes] = []
    for match in _TOKEN.finditer(content):
        token = match[0]
        if token[:1].isalpha() or token in (b"'", b'"'):
            yield from pen.obey(token.decode(), operands)
            operands = []
        else:
            operands.append(token)


class _Pen:
    """Where the next glyph stands, and where the last one ended."""

    def __init__(self, fonts: Mapping[str, Font]) -> None:
        self.fonts = fonts
        self.font, self.size = Font({}, {}), 1.0
        self.space: Matrix = (1, 1, 0, 0)
        self.kept: list[Matrix] = []
        self.line: Matrix = (1, 1, 0, 0)
        self.x = 0.0
        self.end: tuple[float, float] | None = None

    def obey(self, operator: str, operands: list[bytes]) -> Iterator[str]:
        """Do what an operator says; the text that it shows."""
        if operator == "q":
            self.kept.append(self.space)
        elif operator == "Q":
            self.space = self.kept.pop() if self.kept else self.space
        elif operator == "cm":
            self.space = _times(self.space, _matrix(operands))
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

    def _show(self, operand: bytes) -> Iterator[str]:
        if operand in (b"[", b"]"):
            return
        if not operand.startswith(b"("):
            self.x -= float(operand) / 1000 * self.size
            return
        for code in _string(operand):
            x, y = self._here()
            if self.end is not None:
                near = self.size * abs(self.space[0] * self.line[0])
                if abs(y - self.end[1]) > _STEP * near or abs(x - self.end[0]) > _GAP * near:
                    yield " "
            yield self.font.unicode.get(code, "\N{REPLACEMENT CHARACTER}")
            self.x += self.font.widths.get(code, 0.0) / 1000 * self.size
            self.end = self._here()

    def _here(self) -> tuple[float, float]:
        place = _times(_times(self.space, self.line), (1, 1, self.x, 0))
        return place[2], place[3]


def _matrix(operands: list[bytes]) -> Matrix:
    a, _, _, d, e, f = (float(operand) for operand in operands[-6:])
    return a, d, e, f


def _times(outer: Matrix, inner: Matrix) -> Matrix:
    """The inner matrix done first."""
    return (outer[0] * inner[0], outer[1] * inner[1], outer[0] * inner[2] + outer[2], outer[1] * inner[3] + outer[3])


def _string(operand: bytes) -> bytes:
    def unescape(match: re.Match[bytes]) -> bytes:
        said = match[1]
        return bytes([int(said, 8) & 255]) if said.isdigit() else _ESCAPES.get(said, said)

    return re.sub(rb"\\([0-7]{1,3}|.)", unescape, operand[1:-1], flags=re.DOTALL)
