"""Figures count only where the files show something and the script read its numbers from the runs."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from agent.writing.figures import check_figures, check_files, check_source
from tests.agent.writing.study import results

HONEST = '''
"""Figures of the study."""
import json, pathlib
import matplotlib.pyplot as plt
plt.rcParams.update({"font.size": 8.5, "axes.linewidth": 0.6, "lines.linewidth": 1.25, "savefig.pad_inches": 0.02})
COLORS = [(0.12, 0.47, 0.71), (0.85, 0.37, 0.01)]
runs = {path.parent.name: json.loads(path.read_text()) for path in pathlib.Path(".").glob("run_*/final_info.json")}
fig, ax = plt.subplots(figsize=(6.5, 2.75), gridspec_kw={"width_ratios": [1.0, 2.5, 1.25]})
ax.bar(range(len(runs)), [run["metrics"]["mse"]["mean"] for run in runs.values()], color=(0.1, 0.2, 0.3, 0.75), width=0.625)
fig.tight_layout(rect=(0.01, 0.02, 0.98, 0.95))
fig.savefig("figures/mse.pdf")
'''
READS = 'open("run_0/final_info.json")\n'


def png(width: int = 64, height: int = 64, blank: bool = False) -> bytes:
    """A grey picture, or a gradient."""
    rows = b"".join(
        b"\0" + bytes(255 if blank else (x * y) % 251 for x in range(width)) for y in range(height)
    )
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def pdf(content: bytes = b"0 0 m 10 10 l S\n" * 20) -> bytes:
    """A page with one stream."""
    stream = zlib.compress(content)
    return (
        b"%PDF-1.4\n1 0 obj<</Type /Page>>endobj\n2 0 obj<<>>stream\n"
        + stream
        + b"\nendstream endobj\n%%EOF\n"
    )


def test_takes_real_figures_of_an_honest_script(tmp_path: Path) -> None:
    """Colours, sizes, ratios and matplotlib settings are not data."""
    (tmp_path / "mse.png").write_bytes(png())
    (tmp_path / "mse.pdf").write_bytes(pdf())
    assert check_figures(tmp_path, {"plot.py": HONEST}, results()) == []


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.png", b"", "empty"),
        ("a.png", b"not a picture", "not a whole PNG"),
        ("a.png", png()[:-20], "not a whole PNG"),
        ("a.png", png(8, 8), "8 by 8"),
        ("a.png", png(blank=True), "one colour"),
        ("a.pdf", b"%PDF-1.4 cut off", "not a whole PDF"),
        ("a.pdf", pdf(b""), "shows nothing"),
        ("a.pdf", pdf(), "a.png is missing"),
    ],
)
def test_refuses_files_that_show_nothing(tmp_path: Path, name: str, data: bytes, told: str) -> None:
    """Empty, cut-off, blank, tiny and missing files are each named."""
    (tmp_path / name).write_bytes(data)
    assert any(told in reason for reason in check_files(tmp_path))


def test_refuses_a_folder_without_figures(tmp_path: Path) -> None:
    """A script that ends well and writes nothing has not drawn."""
    assert (
        check_files(tmp_path)
        == check_files(tmp_path / "missing")
        == ["plot.py wrote no figure into figures/"]
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (READS + "scores = [0.1, 0.25, 0.375]", "3 decimals"),
        (READS + "ax.bar(names, (0.81, 0.82, -0.83))", "3 decimals"),
        (READS + "data = {'a': 0.81, 'b': 0.82, 'c': 0.83}", "3 decimals"),
        (READS + "y = '0.11 0.12 0.13'.split()", "a text holds"),
        (READS + "ax.axhline(0.8971)", "run_3's explained_variance"),
        (READS + "colors = [0.8971, 1, 2]", "run_3's explained_variance"),
        (READS + "ax.text(0, 0, 'ours 0.897')", "run_3's explained_variance"),
        (READS + "y = np.random.normal(0, 1, 100)", "random"),
        ("ax.plot(x, y)", "never reads final_info.json"),
        ("def broken(:", "line 1"),
    ],
)
def test_refuses_a_script_that_types_what_it_draws(source: str, told: str) -> None:
    """Literal data, a metric's value, random numbers and a script that reads nothing go back to the coder."""
    assert any(told in reason for reason in check_source("plot.py", source, results()))
