"""Draw every run's excess loss as a bar: figures/excess_loss.pdf and .png, with the standard library alone."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

METRIC = "excess_loss"
WIDTH, HEIGHT, LEFT, BOTTOM, GAP = 480, 300, 60, 40, 12
BLUE, GREY = (43, 108, 176), (120, 120, 120)

Bar = tuple[str, float, tuple[int, int, int, int], tuple[int, int, int]]


def read_runs() -> list[tuple[str, float]]:
    """Each run's name and its value, the baseline first."""
    folders = sorted(Path().glob("run_*"), key=lambda folder: int(folder.name.split("_")[1]))
    infos = [(folder.name, json.loads((folder / "final_info.json").read_text())) for folder in folders]
    return [(name, info["metrics"][METRIC]["mean"]) for name, info in infos]


def better() -> str:
    """`lower is better`, from metrics.json, which the tool writes from template.toml; by hand there may be none."""
    path = Path("metrics.json")
    if not path.is_file():
        print(f"{path}: not here, so the figure does not say which way is better")
        return "which way is better is not known"
    return json.loads(path.read_text())[METRIC]["direction"] + " is better"


def bars(runs: list[tuple[str, float]]) -> list[Bar]:
    """Name, value, (x, y, width, height) from the lower left corner, and colour of each bar."""
    highest = max(value for _, value in runs) or 1.0
    step = (WIDTH - LEFT - GAP) / len(runs)
    found = []
    for index, (name, value) in enumerate(runs):
        box = (int(LEFT + index * step), BOTTOM, int(step) - GAP, max(1, int((HEIGHT - BOTTOM - 30) * value / highest)))
        found.append((name, value, box, GREY if name == "run_0" else BLUE))
    return found


def pdf(drawn: list[Bar]) -> bytes:
    """One page: the bars with their names below and their values above."""
    lines = [f"BT /F1 10 Tf {LEFT} {HEIGHT - 14} Td ({METRIC} of each run, {better()}) Tj ET"]
    for name, value, (x, y, width, height), colour in drawn:
        red, green, blue = (part / 255 for part in colour)
        lines.append(f"{red:.3f} {green:.3f} {blue:.3f} rg {x} {y} {width} {height} re f 0 g")
        lines.append(f"BT /F1 8 Tf {x} {y - 12} Td ({name}) Tj ET")
        lines.append(f"BT /F1 8 Tf {x} {y + height + 4} Td ({value:.4f}) Tj ET")
    stream = "\n".join(lines).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>" % (WIDTH, HEIGHT),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)


def png(drawn: list[Bar]) -> bytes:
    """The bars alone, as an image."""
    rows = [[(255, 255, 255)] * WIDTH for _ in range(HEIGHT)]
    for _, _, (x, y, width, height), colour in drawn:
        for row in rows[HEIGHT - y - height : HEIGHT - y]:
            row[x : x + width] = [colour] * width
    pixels = b"".join(b"\0" + bytes(part for pixel in row for part in pixel) for row in rows)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


if __name__ == "__main__":
    folder = Path("figures")
    folder.mkdir(exist_ok=True)
    drawn = bars(read_runs())
    (folder / f"{METRIC}.pdf").write_bytes(pdf(drawn))
    (folder / f"{METRIC}.png").write_bytes(png(drawn))
    print(f"{len(drawn)} runs drawn")
