"""Files are old or new, never half; contents lie under their hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import SessionError
from agent.session.files import Blobs, code_sha, sha256, write_bytes, write_json, write_text


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off before the rename, the old contents stand."""
    path = tmp_path / "folder" / "notes.txt"
    write_text(path, "old")

    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("agent.session.files.os.replace", cut_off)
    with pytest.raises(KeyboardInterrupt):
        write_bytes(path, b"new")
    assert path.read_text() == "old"


def test_what_is_no_json_is_not_written(tmp_path: Path) -> None:
    """NaN and infinity are refused before the file is touched."""
    path = tmp_path / "x.json"
    for value in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="not JSON compliant"):
            write_json(path, {"loss": value})
    assert not path.exists()


def test_a_text_that_no_encoding_holds_is_written_all_the_same(tmp_path: Path) -> None:
    """Half a surrogate pair, as a model may send it, becomes a question mark or U+FFFD."""
    write_text(tmp_path / "x", "a\ud800b")
    assert (tmp_path / "x").read_text().startswith("a")


def test_equal_contents_are_kept_once(tmp_path: Path) -> None:
    """A blob's name is its hash; one that is not there is missing."""
    blobs = Blobs(tmp_path / "blobs")
    name = blobs.put(b"code")
    assert name == blobs.put(b"code") == sha256(b"code") and blobs.get(name) == b"code"
    assert [path.name for path in blobs.folder.iterdir()] == [name]
    with pytest.raises(SessionError, match="missing: put it back"):
        blobs.get(sha256(b"other"))


def test_the_hash_of_code_knows_names_and_borders() -> None:
    """Moving bytes from one file to another gives another hash."""
    hashes = {
        code_sha(files)
        for files in ({"a": b"xy", "b": b""}, {"a": b"x", "b": b"y"}, {"b": b"xy", "a": b""}, {"a": b"xy"})
    }
    assert len(hashes) == 4
