"""Hashes of files, and when a large one is read through."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from harness.store import content
from harness.store.content import content_hash


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that counts as large, and a cache of its own."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(content, "REMEMBER_BYTES", 10)
    (tmp_path / "weights").write_bytes(b"0123456789")
    return tmp_path / "weights"


def test_a_large_file_is_read_once(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second time its hash is remembered; a changed file, even of the same size, is read again."""
    assert content_hash(file) == hashlib.sha256(b"0123456789").hexdigest()
    with monkeypatch.context() as patch:
        patch.setattr(content, "_read", lambda _: pytest.fail("an unchanged file was read again"))
        assert content_hash(file) == hashlib.sha256(b"0123456789").hexdigest()
    file.write_bytes(b"012345678x")
    os.utime(file, (5, 5))  # the clock of files may be too coarse for two writes in a row
    assert content_hash(file) == hashlib.sha256(b"012345678x").hexdigest()


def test_a_damaged_note_is_not_believed(file: Path, tmp_path: Path) -> None:
    """What is no hash is replaced by the file's."""
    wanted = content_hash(file)
    (note,) = (tmp_path / "cache" / "hashes").iterdir()
    note.write_text(wanted[:20])
    assert content_hash(file) == wanted == note.read_text()


def test_a_small_file_leaves_no_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read each time, so not even its time of change is trusted."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "config.json"
    path.write_text("{}")
    first, times = content_hash(path), path.stat()
    path.write_text("[]")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert content_hash(path) != first
    assert not (tmp_path / "cache").exists()
