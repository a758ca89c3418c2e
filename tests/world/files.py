"""Files for tests: a real PNG, real one-page PDFs."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def write_bytes_in(path: Path, data: bytes) -> None:
    """Write a file, its folder made where it is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def load_json(path: Path) -> Any:
    """The JSON in `path`."""
    return json.loads(path.read_text(encoding="utf-8"))


def png(width: int = 320, height: int = 180) -> bytes:
    """A real PNG: a falling curve on white."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            curve = height * (0.9 - 0.75 * (1 - 1 / (1 + x / 40)))
            rows += b"\x2b\x6c\xb0" if abs(height - y - curve) < 2 else b"\xff\xff\xff"

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(rows))) + chunk(b"IEND", b"")
    )


def pdf(text: str) -> bytes:
    """A real one-page PDF that says `text` (ASCII letters only)."""
    plain = "".join(letter for letter in text if letter.isalnum() or letter in " _")
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    return _one_page(page, f"BT /F1 24 Tf 72 720 Td ({plain}) Tj ET".encode(), [font])


def bars_pdf() -> bytes:
    """A real one-page PDF that shows five bars."""
    bars = b"".join(b"0.2 0.35 0.6 rg %d 30 30 %d re f\n" % (30 + 50 * i, 40 + 20 * i) for i in range(5))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 160] /Contents 4 0 R /Resources << >> >>"
    return _one_page(page, bars, [])


def _one_page(page: bytes, content: bytes, others: Sequence[bytes]) -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *others,
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
