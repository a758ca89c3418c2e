"""Short texts in the cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.store.memo import recall, remember


def test_what_was_noted_is_recalled_by_kind_and_subject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last note stands; of another kind or subject there is none; nothing half written is left."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    assert recall("hashes", "a file") is None
    for text in ("first", "second"):
        remember("hashes", "a file", text)
    assert recall("hashes", "a file") == "second"
    assert recall("revisions", "a file") is None
    assert recall("hashes", "another") is None
    assert len(list((tmp_path / "cache" / "hashes").iterdir())) == 1


def test_where_nothing_can_be_noted_it_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that is no folder takes no note, and that is no error."""
    (tmp_path / "cache").write_text("")
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    remember("hashes", "a file", "text")
    assert recall("hashes", "a file") is None
