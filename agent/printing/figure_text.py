"""The words within a figure's PDF, as matplotlib writes them: each text of its own, where it stands and whether it is turned.

Text that was drawn as outlines, or within a picture, is none that can be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.printing.pdf_objects import REFERENCE, Font, font_of, objects_of
from agent.printing.pdf_text import TOKEN, unescaped

_FONT = re.compile(rb"/(F[\w.-]+) " + REFERENCE)
_DIFFERENCES = re.compile(rb"/Differences\s*\[(.*?)\]", re.DOTALL)
_WIDE = 256
_PLAIN = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_WORD = -200.0
"""A step to the right within a text, in thousandths of its size, that reads as a space."""
Matrix = tuple[float, float, float, float, float, float]


@dataclass(frozen=True)
class FigureText:
    """A line of text in a figure, in points from the lower left corner; turned text runs upwards."""

    text: str
    x: float
    y: float
    size: float
    turned: bool = False


def texts_of(pdf: Path) -> list[FigureText]:
    """Each text of a figure, in the order in which it was drawn; none where the file is no PDF that can be read."""
    try:
        objects = objects_of(pdf.read_bytes())
        fonts = {
            name.decode("latin-1"): _font(objects, objects[int(number)])
            for body in objects.values()
            if b"stream" not in body
            for name, number in _FONT.findall(body)
            if b"/Font" in objects.get(int(number), b"")
        }
        streams = [body.partition(b"stream\n")[2] for body in objects.values() if _holds_text(body)]
        return [text for stream in streams for text in _Reader(fonts).read(stream) if text.text.strip()]
    except (OSError, ValueError, KeyError, IndexError):
        return []


def _holds_text(body: bytes) -> bool:
    return b"stream\n" in body and re.search(rb"\bBT\b.*?\bT[jJ]\b", body, re.DOTALL) is not None


def _font(objects: Mapping[int, bytes], font: bytes) -> tuple[Font, bool]:
    """What its codes stand for, and whether each is two bytes. Codes that no map tells are what Latin-1 has there."""
    known = font_of(objects, font)
    wide = b"/Type0" in font
    if known.unicode or wide:
        return known, wide
    codes = {code: bytes([code]).decode("cp1252", "replace") for code in range(_WIDE)}
    encoding = re.search(rb"/Encoding " + REFERENCE, font)
    told = _DIFFERENCES.search(objects[int(encoding[1])] if encoding else font)
    return Font(codes if told is None else codes | _named(told[1]), {}), False


def _named(differences: bytes) -> dict[int, str]:
    """Codes whose glyphs are named by their character: `/uni2191`, `/zero`; others keep what Latin-1 has there."""
    found, code = dict[int, str](), 0
    for word in differences.split():
        if word.isdigit():
            code = int(word)
            continue
        if uni := re.fullmatch(rb"/uni([0-9A-Fa-f]{4})", word):
            found[code] = chr(int(uni[1], 16))
        code += 1
    return found


class _Reader:
    """Reads a content stream: where its texts stand, and what they say."""

    def __init__(self, fonts: Mapping[str, tuple[Font, bool]]) -> None:
        self.fonts = fonts
        self.font, self.wide, self.size = Font({}, {}), False, 0.0
        self.space, self.kept = _PLAIN, list[Matrix]()
        self.line = _PLAIN
        self.said = ""
        self.at: Matrix | None = None

    def read(self, content: bytes) -> Iterator[FigureText]:
        operands: list[bytes] = []
        for match in TOKEN.finditer(content):
            token = match[0]
            if not (token[:1].isalpha() or token in (b"'", b'"')):
                operands.append(token)
                continue
            if token == b"ET" and self.at is not None:
                _, b, _, _, x, y = self.at
                yield FigureText(" ".join(self.said.split()), x, y, self.size, turned=abs(b) > 1e-6)
            self._obey(token, operands)
            operands = []

    def _obey(self, operator: bytes, operands: list[bytes]) -> None:
        match operator:
            case b"q":
                self.kept.append(self.space)
            case b"Q":
                self.space = self.kept.pop() if self.kept else _PLAIN
            case b"cm":
                self.space = _times(self.space, _matrix(operands))
            case b"BT":
                self.line, self.said, self.at = _PLAIN, "", None
            case b"Tm":
                self.line = _matrix(operands)
            case b"Td":
                self.line = _times(self.line, (1, 0, 0, 1, float(operands[-2]), float(operands[-1])))
            case b"Tf":
                self.font, self.wide = self.fonts.get(operands[-2][1:].decode("latin-1"), (Font({}, {}), False))
                self.size = float(operands[-1])
            case b"Tj" | b"TJ":
                self.at = self.at or _times(self.space, self.line)
                self.said += "".join(self._shown(operand) for operand in operands)

    def _shown(self, operand: bytes) -> str:
        if operand.startswith(b"("):
            return "".join(
                self.font.unicode.get(code, "\N{REPLACEMENT CHARACTER}") for code in self._codes(unescaped(operand))
            )
        return " " if operand not in (b"[", b"]") and not operand.startswith(b"<") and float(operand) < _WORD else ""

    def _codes(self, data: bytes) -> Iterator[int]:
        if not self.wide:
            yield from data
            return
        for high, low in zip(data[::2], data[1::2], strict=False):
            yield high * _WIDE + low


def _matrix(operands: list[bytes]) -> Matrix:
    a, b, c, d, e, f = (float(operand) for operand in operands[-6:])
    return a, b, c, d, e, f


def _times(outer: Matrix, inner: Matrix) -> Matrix:
    """The inner matrix done first."""
    a, b, c, d, e, f = outer
    p, q, r, s, t, u = inner
    return (a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f)
