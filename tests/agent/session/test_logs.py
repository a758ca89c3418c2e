"""Logs as a person would want them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from agent.session.logs import clean, read_log, shorten, tail


@pytest.mark.parametrize(
    "bar",
    [
        " 24%|██▍       | 127/529 [00:38<02:01,  3.32it/s]",
        "100%|██████████| 3/3 [00:06<00:00,  1.88s/it]",
        "Loading checkpoint shards:  50%|#####     | 1/2 [00:01<00:01,  1.2s/it]",
        "0it [00:00, ?it/s]",
        "Tokenizing: 12034it [00:03, 3921.55it/s]",
        "Progress [Layer resid_post_layer_3]:   4%|▍         | 20/488 [00:07<02:20,  3.33it/s]",
        "  0%|          | 0/100 [00:00<?, ?it/s]",
        "Downloading: 2.10MB [00:00, 12.1MB/s]",
    ],
)
def test_progress_bars_vanish(bar: str) -> None:
    """Bars of tqdm in its usual shapes leave nothing behind, also several over one another."""
    assert clean(f"start\n{bar}\r{bar}\r{bar}\nend") == "start\nend"
    assert clean(f"{bar}Traceback (most recent call last):") == "Traceback (most recent call last):"


def test_colours_and_repeats_vanish() -> None:
    """ANSI codes go; a line that comes a hundred times is said once, with its count."""
    assert clean("\x1b[31mred\x1b[0m \x1b]0;title\x07text\x1b[2K") == "red text"
    assert clean("warn\n" * 100 + "end") == "warn\n[the line above 100 times]\nend"
    assert clean("a\n\n\n\nb") == "a\n\nb"


@pytest.mark.parametrize(
    "line", ["loss | 0.1 | 50% of steps", "accuracy 97% | f1 0.9", "x = a[1] | b[2]", "100% done", "| run_1 | 0.89 |"]
)
def test_lines_that_are_no_bars_stay(line: str) -> None:
    """Per cent signs and tables are not progress bars."""
    assert clean(line) == line


def test_a_log_of_300_mb_is_read_from_its_end(tmp_path: Path) -> None:
    """Only the last megabyte of a log is looked at, and a FIFO in its place is not read at all."""
    path = tmp_path / "log"
    with path.open("wb") as file:
        file.truncate(300_000_000)
        file.seek(0, 2)
        file.write(b"RuntimeError: expected scalar type Half, not float\n")
    assert read_log(path).endswith("not float")
    assert re.search(r"\0", read_log(path)) is None


def test_what_is_no_regular_file_is_an_empty_log(tmp_path: Path) -> None:
    """A link, a FIFO, a folder, nothing at all: none of them is read, and none hangs."""
    (tmp_path / "secret").write_text("SECRET")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    assert [read_log(tmp_path / name) for name in ("link", "pipe", ".", "nothing")] == [""] * 4


def test_a_text_is_cut_at_its_start_or_in_its_middle() -> None:
    """`tail` keeps the last lines within a length; `shorten` both ends, and says where it cut."""
    assert tail("a\nbb\nccc", 2, 100) == "bb\nccc"
    assert tail("a\nbb\nccc", 2, 4) == "\nccc"
    assert shorten("short", 10) == "short"
    assert shorten("0123456789" * 3, 15) == "01234 … 56789"
