"""The objects of a PDF that pdfTeX wrote: streams unpacked, fonts with what each code stands for, the boxes of figures."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

REFERENCE = rb"(\d+) 0 R"
_OBJECT = re.compile(rb"(?<![\d.])(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n")
_LARGEST = 50_000_000
"""Bytes of a stream that are still unpacked."""
_CODES = 65_536
"""Codes of one range of a font."""


@dataclass(frozen=True)
class Font:
    """What each code stands for, and how wide it is in thousandths of the size."""

    unicode: Mapping[int, str]
    widths: Mapping[int, float]


def objects_of(pdf: bytes) -> dict[int, bytes]:
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


def font_of(objects: Mapping[int, bytes], font: bytes) -> Font:
    """A font of the document."""
    mapped = re.search(rb"/ToUnicode " + REFERENCE, font)
    widths = re.search(rb"/Widths " + REFERENCE, font)
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
        for low, high, each, to in re.findall(r"<(\w+)>\s*<(\w+)>\s*(?:\[([^\]]*)\]|<(\w+)>)", block):
            listed = re.findall(r"<(\w+)>", each)
            for step in range(min(int(high, 16) - int(low, 16) + 1, _CODES)):
                one = listed[step] if step < len(listed) else to
                codes[int(low, 16) + step] = _utf16(one, 0 if listed else step)
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, to in re.findall(r"<(\w+)>\s*<(\w+)>", block):
            codes[int(code, 16)] = _utf16(to)
    return codes


def _utf16(to: str, step: int = 0) -> str:
    """What a code stands for, of a range that begins with it the one so many steps on."""
    text = bytes.fromhex(to).decode("utf-16-be", "replace") if len(to) % 2 == 0 else ""
    last = ord(text[-1]) + step if text else sys.maxunicode + 1
    return text[:-1] + chr(last) if last <= sys.maxunicode else "\N{REPLACEMENT CHARACTER}"


def bounds_of(figure: bytes) -> tuple[float, float, float, float]:
    """What a figure covers in its own space: an image the unit square, a drawing its box."""
    box = re.search(rb"/BBox\s*\[([^\]]*)\]", figure)
    if box is None:
        return 0.0, 0.0, 1.0, 1.0
    left, bottom, right, top = (float(word) for word in box[1].split()[:4])
    return left, bottom, right, top
