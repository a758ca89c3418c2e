"""What long work shows: on a terminal a bar with the log above it, elsewhere plain lines."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
WORK = """
import logging
from harness.progress import counted, track
logging.basicConfig(level=logging.INFO, format="%(message)s")
for step in track(range(3), "training"):
    logging.info("step %d of 3", step)
with counted(8, "reading", "token") as advance:
    for _ in range(2):
        advance(4)
        logging.info("four read")
"""
LINES = ["step 0 of 3", "step 1 of 3", "step 2 of 3", "four read", "four read"]


def run(stderr: int) -> None:
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    env.pop("TQDM_DISABLE", None)  # sae-bench's bars are silenced with it
    subprocess.run([sys.executable, "-c", WORK], env=env, stderr=stderr, check=True)


def shown(written: str) -> list[str]:
    """The lines a terminal keeps: what is behind the last carriage return of each, over what was there before."""
    kept = []
    for line in written.replace("\r\n", "\n").split("\n"):
        screen = ""
        for part in line.split("\r"):
            screen = part + screen[len(part) :]
        kept.append(screen.rstrip())
    return kept


def test_a_terminal_shows_a_bar_and_whole_lines() -> None:
    """The bar is drawn, log lines stand alone above it, and nothing of it is left at the end."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    run(theirs)
    os.close(theirs)
    written = b""
    while True:
        try:
            part = os.read(ours, 65_536)
        except OSError:  # Linux's way to say that the other end is closed
            break
        if not part:
            break
        written += part
    os.close(ours)
    text = written.decode()
    assert "training:" in text
    assert "reading:" in text
    assert "token/s" in text
    assert shown(text) == [*LINES, ""]


@pytest.mark.parametrize("target", ["pipe", "file"])
def test_elsewhere_there_are_lines_and_no_bar(tmp_path: Path, target: str) -> None:
    """In a log file there is one line for each message, without control characters."""
    path = tmp_path / "log"
    if target == "file":
        with path.open("wb") as file:
            run(file.fileno())
        written = path.read_text()
    else:
        ends = os.pipe()
        run(ends[1])
        os.close(ends[1])
        with os.fdopen(ends[0], "rb") as end:
            written = end.read().decode()
    assert written.splitlines() == LINES
    assert "\r" not in written
