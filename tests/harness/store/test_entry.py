"""Finished entries of the cache, and what is asked of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.store.cache import Cache, Draft
from harness.store.entry import is_damaged, is_entry, last_used, read_record, size_of

FIELDS = {"layer": 2, "tokens": 100}


def make(draft: Draft) -> None:
    """One file of eleven bytes."""
    draft.write("data", b"some bytes!")


def test_a_large_file_is_read_through_only_where_it_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the limit, the time of change is believed; a file with another time is checked byte by byte."""
    cache = Cache(tmp_path)
    folder = cache.get("kind", FIELDS, make)
    monkeypatch.setattr("harness.store.entry.TRUST_BYTES", 1)
    with monkeypatch.context() as patch:
        patch.setattr(
            "harness.store.draft.crc32_of", lambda *_: pytest.fail("an unchanged large file was read through")
        )
        assert cache.find("kind", FIELDS) == folder
    (folder / "data").write_bytes(b"x" * 11)
    os.utime(folder / "data", (5, 5))  # the clock of files may be too coarse for two writes in a row
    assert cache.find("kind", FIELDS) is None


def test_a_record_that_cannot_be_read_is_none(tmp_path: Path) -> None:
    """Missing, no JSON, or of another format: the entry counts as damaged, and is built anew."""
    assert read_record(tmp_path) is None
    folder = Cache(tmp_path).get("kind", FIELDS, make)
    assert (read_record(folder) or {})["fields"] == FIELDS
    assert not is_damaged(folder)
    for text in ("{", "[]", '{"format": 0}'):
        (folder / "entry.json").write_text(text)
        assert read_record(folder) is None
        assert is_damaged(folder)


def test_an_entry_in_the_making_counts_as_one(tmp_path: Path) -> None:
    """A folder with a record, or with the journal of a draft; another folder does not, and one that is gone weighs nothing."""
    folder = Cache(tmp_path).get("kind", FIELDS, make)
    part = folder.with_name(f"{folder.name}.part")
    assert is_entry(folder)
    assert not is_entry(tmp_path)
    Draft(part).write("data", b"half")
    assert is_entry(part)
    assert (size_of(tmp_path / "gone"), last_used(tmp_path / "gone")) == (0, 0.0)
    os.utime(folder, (5, 5))
    assert last_used(folder) == 5.0
    assert size_of(part) > 4
