"""Draw every run's excess loss as a bar: figures/excess_loss.pdf and .png, with the standard library alone.

A run that is not comparable (`*`) is hollow, a control is a dashed line, or named with its value where it lies beyond the bars, and
a short stroke is one fresh seed of the candidate or the baseline. What is drawn stands in figures/excess_loss.json too.
"""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

METRIC = "excess_loss"
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, GAP = 480, 300, 60, 40, 60, 12
BLUE, GREY = (43, 108, 176), (120, 120, 120)


@dataclass(frozen=True)
class Bar:
    """A run: its name, its value, the values of its fresh seeds, and whether it is comparable with the baseline."""

    name: str
    value: float
    fresh: tuple[float, ...] = ()
    hollow: bool = False

    @property
    def colour(self) -> tuple[int, int, int]:
        return GREY if self.name == "run_0" else BLUE


def read(name: str) -> dict[str, Any]:
    """What the tool laid beside the runs; empty where there is no such file."""
    path = Path(name)
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def read_runs() -> list[Bar]:
    """Each run, the baseline first."""
    folders = sorted(Path().glob("run_*/final_info.json"), key=lambda path: int(path.parent.name.split("_")[1]))
    fresh, other = read("confirmation.json"), read("not_comparable.json")
    seeds = {fresh.get("run"): fresh.get("candidate", {}), "run_0": fresh.get("baseline", {})}
    seeds |= fresh.get("beside", {})
    found = []
    for path in folders:
        name, value = path.parent.name, json.loads(path.read_text())["metrics"][METRIC]["mean"]
        found.append(Bar(name, value, tuple(seeds.get(name, {}).get(METRIC, ())), name in other))
    return found


def read_controls() -> dict[str, float]:
    """The controls that have this metric, by name."""
    measured = {name: control["metrics"].get(METRIC) for name, control in read("controls.json").items()}
    return {name: value["mean"] for name, value in measured.items() if value}


def better() -> str:
    """`lower is better`, from metrics.json, which the tool writes from template.toml; by hand there may be none."""
    path = Path("metrics.json")
    if not path.is_file():
        print(f"{path}: not here, so the figure does not say which way is better")
        return "which way is better is not known"
    return json.loads(path.read_text())[METRIC]["direction"] + " is better"


def top(runs: list[Bar]) -> float:
    """The value at the upper end of the drawing."""
    return max(value for bar in runs for value in (bar.value, *bar.fresh)) or 1.0


def height(value: float, highest: float) -> int:
    """From the foot of the bars, in points."""
    return max(1, int((HEIGHT - BOTTOM - TOP) * value / highest))


def boxes(runs: list[Bar]) -> list[tuple[int, int, int, int]]:
    """(x, y, width, height) of each bar, from the lower left corner."""
    step, highest = (WIDTH - LEFT - GAP) / len(runs), top(runs)
    return [
        (int(LEFT + at * step), BOTTOM, int(step) - GAP, height(bar.value, highest)) for at, bar in enumerate(runs)
    ]


def inside(runs: list[Bar], controls: dict[str, float]) -> dict[str, float]:
    """The controls whose line fits the drawing."""
    return {name: value for name, value in controls.items() if value <= top(runs)}


def pdf(runs: list[Bar], controls: dict[str, float]) -> bytes:
    """One page: the bars with their names below and their values above, the controls, the fresh seeds."""
    lines = [f"BT /F1 10 Tf {LEFT} {HEIGHT - 14} Td ({METRIC} of each run, {better()}) Tj ET"]
    beyond = [f"{name} {value:.4f}" for name, value in controls.items() if name not in inside(runs, controls)]
    words = [f"control {told}, beyond the bars" for told in beyond]
    words += ["strokes: fresh seeds"] if any(bar.fresh for bar in runs) else []
    words += ["* hollow: not comparable with the baseline"] if any(bar.hollow for bar in runs) else []
    lines.append(f"BT /F1 8 Tf {LEFT} {HEIGHT - 28} Td ({'; '.join(words)}) Tj ET")
    for bar, (x, y, width, tall) in zip(runs, boxes(runs), strict=True):
        red, green, blue = (part / 255 for part in bar.colour)
        paint = f"{red:.3f} {green:.3f} {blue:.3f}"
        lines.append(f"{paint} RG {x} {y} {width} {tall} re S" if bar.hollow else f"{paint} rg {x} {y} {width} {tall} re f")
        lines.append(f"0 g 0 G BT /F1 8 Tf {x} {y - 12} Td ({bar.name}{'*' if bar.hollow else ''}) Tj ET")
        lines.append(f"BT /F1 8 Tf {x} {y + tall + 4} Td ({bar.value:.4f}) Tj ET")
        for value in bar.fresh:
            at = y + height(value, top(runs))
            lines.append(f"{x + width - 8} {at} m {x + width + 6} {at} l S")
    for name, value in inside(runs, controls).items():
        at = BOTTOM + height(value, top(runs))
        lines.append(f"[4 3] 0 d {LEFT - 10} {at} m {WIDTH - GAP} {at} l S [] 0 d")
        lines.append(f"BT /F1 7 Tf 4 {at} Td ({name}) Tj ET")
    return document("\n".join(lines).encode())


def document(stream: bytes) -> bytes:
    """A PDF of one page."""
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


def png(runs: list[Bar]) -> bytes:
    """The bars alone, as an image, with the strokes of their fresh seeds."""
    rows = [[(255, 255, 255)] * WIDTH for _ in range(HEIGHT)]
    for bar, (x, y, width, tall) in zip(runs, boxes(runs), strict=True):
        for row in rows[HEIGHT - y - tall : HEIGHT - y]:
            row[x : x + width] = [bar.colour] * width
        if bar.hollow:
            for row in rows[HEIGHT - y - tall + 2 : HEIGHT - y - 2]:
                row[x + 2 : x + width - 2] = [(255, 255, 255)] * (width - 4)
        for value in bar.fresh:
            rows[HEIGHT - y - height(value, top(runs))][x + width - 8 : x + width + 6] = [(0, 0, 0)] * 14
    pixels = b"".join(b"\0" + bytes(part for pixel in row for part in pixel) for row in rows)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def told(runs: list[Bar], controls: dict[str, float]) -> str:
    """Each series of the figure with its numbers: the tool adds the files in which they stand (docs/templates.md)."""
    series = [{"panel": METRIC, "label": bar.name, "kind": "bar", "y": [bar.value, *bar.fresh]} for bar in runs]
    series += [{"panel": METRIC, "label": name, "kind": "line", "y": [value]} for name, value in controls.items()]
    return json.dumps({"figure": METRIC, "series": series})


if __name__ == "__main__":
    folder = Path("figures")
    folder.mkdir(exist_ok=True)
    runs, controls = read_runs(), read_controls()
    (folder / f"{METRIC}.pdf").write_bytes(pdf(runs, controls))
    (folder / f"{METRIC}.png").write_bytes(png(runs))
    (folder / f"{METRIC}.json").write_text(told(runs, controls))
    print(f"{len(runs)} runs drawn")
