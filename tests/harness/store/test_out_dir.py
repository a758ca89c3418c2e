"""The folder of a run's results, where it can be written and where not."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from harness.errors import OutDirError
from harness.store.out_dir import check_out_dir, write_or_save


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder and a temporary folder of the test's own; the first is returned."""
    for name in ("here", "temporary"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "here"


def write(folder: Path) -> None:
    """A run of two files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "first").write_text("1")
    (folder / "second").write_text("2")


def test_a_folder_that_can_be_made_passes_and_is_not_made(here: Path) -> None:
    """A new folder two levels down, a relative one and one that is there: no error, and nothing is left."""
    for out_dir in (here / "a" / "b", Path("run_1"), here):
        check_out_dir(out_dir)
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("out_dir", ["file", "file/run_1", "/proc/run_1"])
def test_a_folder_that_cannot_be_written_is_told_beforehand(here: Path, out_dir: str) -> None:
    """A file, a folder below a file and one where nobody can write (not root either) are named, with the flag to mend."""
    (here / "file").write_text("")
    with pytest.raises(OutDirError, match=rf"the folder {out_dir} cannot be written \(.+\): give --out_dir"):
        check_out_dir(Path(out_dir))


def test_a_run_goes_where_it_was_asked_to(here: Path) -> None:
    """Where out_dir can be written nothing is saved elsewhere."""
    write_or_save(here / "run_1", write)
    assert [path.name for path in here.iterdir()] == ["run_1"]


def test_a_run_that_cannot_be_written_is_saved_here(here: Path) -> None:
    """Whole, in a fresh folder that the error names beside the reason; a second run takes another."""
    (here / "file").write_text("")
    for _ in range(2):
        with pytest.raises(
            OutDirError, match=r"to file/run_1 \(.*Not a directory.*; it is whole in .*run_saved_"
        ) as told:
            write_or_save(Path("file/run_1"), write)
    saved = sorted(here.glob("run_saved_*"))
    assert len(saved) == 2
    assert any(f"whole in {folder}: move" in str(told.value) for folder in saved)
    assert {path.name for folder in saved for path in folder.iterdir()} == {"first", "second"}


def refusing(*refused: Path) -> Any:
    """A `write` for which the disk of these folders is full after the first file."""

    def write_some(folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        (folder / "first").write_text("1")
        if any(folder.is_relative_to(full) for full in refused):
            raise OSError(28, "No space left on device")
        (folder / "second").write_text("2")

    return write_some


def test_where_here_is_full_too_the_temporary_folder_is_taken(here: Path) -> None:
    """Nothing half written stays in the current folder."""
    with pytest.raises(OutDirError, match=r"No space left on device\); it is whole in"):
        write_or_save(here / "run_1", refusing(here))
    assert [path.name for path in here.iterdir()] == ["run_1"]
    [saved] = (here.parent / "temporary").glob("run_saved_*")
    assert (saved / "second").exists()


def test_where_nothing_can_be_written_the_error_says_so(here: Path) -> None:
    """Why, that the run is lost, and what to do; nothing half written stays elsewhere."""
    with pytest.raises(
        OutDirError, match=r"No space left on device\), nor to .* is lost: make room, or give --out_dir"
    ):
        write_or_save(here / "run_1", refusing(here.parent))
    assert not list(here.parent.glob("*/run_saved_*"))
