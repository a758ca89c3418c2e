"""Two drawings held against each other: what they show counts, not when or how it was packed."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from agent.commands import verify as door
from agent.packing.redraw import otherwise
from tests.world.packed import packed_in, worked_session

_DRAWN = b"%PDF-1.4\n1 0 obj\n<< /Length 20 >>\nstream\n10 40 32 80 re f\nendstream\nendobj\n"


def pdf(date: str = "D:2026", maker: str = "x 1", drawn: bytes = _DRAWN) -> bytes:
    """A drawing with a date and a maker."""
    return drawn + f"2 0 obj\n<< /CreationDate ({date}) /Producer ({maker}) >>\nendobj\n".encode()


def png(pixels: bytes, level: int = 9, software: bytes = b"x 1") -> bytes:
    """An image of one row."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", len(pixels), 1, 8, 0, 0, 0, 0)
    packed = zlib.compress(b"\0" + pixels, level)
    parts = chunk(b"IHDR", header) + chunk(b"tEXt", software) + chunk(b"IDAT", packed[:5]) + chunk(b"IDAT", packed[5:])
    return b"\x89PNG\r\n\x1a\n" + parts + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [(pdf(), pdf("D:2027+01'00'")), (png(b"abcdef" * 9), png(b"abcdef" * 9, level=1, software=b"x 2"))],
)
def test_another_time_or_packing_is_no_difference(mine: bytes, theirs: bytes) -> None:
    """A date, a name in an image, another level of compression."""
    assert mine != theirs and otherwise(mine, theirs) == ""


def test_what_is_drawn_counts() -> None:
    """Another bar, other pixels, a broken image; and another maker, of whom nothing can be said."""
    smaller = pdf(drawn=_DRAWN.replace(b"80 re", b"40 re"))
    assert otherwise(pdf(), smaller) == "the package's draws something else"
    assert (
        otherwise(png(b"abc"), png(b"abx"))
        == otherwise(png(b"abc"), png(b"abc")[:60])
        == "the package's has other pixels"
    )
    assert otherwise(pdf(), pdf(maker="x 2", drawn=_DRAWN.replace(b"80", b"81"))).startswith(
        "it was made by x 2, here by x 1"
    )


@pytest.mark.process
@pytest.mark.timeout(180)
def test_figures_are_drawn_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The door says that they are the same."""
    file = packed_in(worked_session(tmp_path, paper=False), tmp_path / "a.tar.gz")
    assert door.main([str(file), "--rerun", "figures", "--sandbox", "plain"]) == 0
    assert "figures drawn again are the same" in capsys.readouterr().out
