"""What a process left: walked, copied and removed, whatever its shape."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sandbox.leavings import LeavingsLimits, copy_file, entries_below, excess, open_up, regular_files, remove

pytestmark = pytest.mark.whole

DEEP = "import os\nfor _ in range({depth}):\n    os.mkdir({name!r}); os.chdir({name!r})\nopen('file', 'w').close()"


@pytest.fixture(autouse=True)
def _swept(tmp_path: Path) -> Iterator[None]:
    """Deep folders go with the test, by other means: pytest cannot remove them."""
    yield
    subprocess.run(["rm", "-rf", str(tmp_path / "left")], check=True)


def dig(folder: Path, depth: int, name: str = "d") -> Path:
    """Folders within each other, made as an experiment would: by a process that goes down as it makes them."""
    folder.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-c", DEEP.format(depth=depth, name=name)], cwd=folder, check=True)
    return folder


@pytest.mark.parametrize(("depth", "name"), [(3, "d"), (1500, "d"), (400, "n" * 200)])
def test_a_folder_goes_however_deep(tmp_path: Path, depth: int, name: str) -> None:
    """Neither the stack nor the longest path that the system takes keeps a folder from being removed."""
    folder = dig(tmp_path / "left", depth, name)
    (folder / "beside").write_text("x")
    assert remove(folder)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(("depth", "name"), [(1500, "d"), (400, "n" * 200)])
def test_a_deep_folder_is_beyond_the_limits(tmp_path: Path, depth: int, name: str) -> None:
    """It is said, and asking for its files does not fail."""
    folder = dig(tmp_path / "left", depth, name)
    assert excess(folder, LeavingsLimits()).startswith(
        ("it left more than 64 folders within", "it left a path of more")
    )
    (folder / "here").write_text("x")
    assert Path("here") in regular_files(folder)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (LeavingsLimits(), ""),
        (LeavingsLimits(files=12), ""),
        (LeavingsLimits(files=11), "more than 11 files and folders (left_files"),
        (LeavingsLimits(gb=1.1), ""),
        (LeavingsLimits(gb=0.9), "more than 0.9 GB of files (left_gb"),
        (LeavingsLimits(depth=1), ""),
        (LeavingsLimits(depth=0), "more than 0 folders within each other (left_depth"),
    ],
)
def test_limits_trip_where_they_stand(tmp_path: Path, limits: LeavingsLimits, said: str) -> None:
    """Ten files in a folder beside a sparse one of 1 GB: what is at a limit is within it, one more is not."""
    (tmp_path / "some").mkdir()
    for number in range(10):
        (tmp_path / "some" / f"{number}.txt").write_text("x")
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1_000_000_000)
    assert said in excess(tmp_path, limits)
    assert bool(said) == bool(excess(tmp_path, limits))


def test_a_long_path_is_beyond_the_limits(tmp_path: Path) -> None:
    """Few folders with long names make a path that other programs cannot open."""
    folder = dig(tmp_path / "left", 6, "n" * 240)
    assert "a path of more than 1,000 bytes" in excess(folder, LeavingsLimits())


def test_links_are_counted_and_not_followed(tmp_path: Path) -> None:
    """A link to a folder outside, or round in a circle, is one entry: nothing behind it is seen or removed."""
    outside, folder = tmp_path / "outside", tmp_path / "left"
    outside.mkdir()
    folder.mkdir()
    (outside / "kept").write_text("x")
    (folder / "out").symlink_to(outside)
    (folder / "round").symlink_to(folder)
    os.mkfifo(folder / "fifo")
    assert regular_files(folder) == []
    assert len(list(entries_below(folder))) == 3
    assert remove(folder)
    (tmp_path / "link").symlink_to(outside)
    assert remove(tmp_path / "link")
    assert (outside / "kept").read_text() == "x"


def test_what_is_closed_to_its_owner_is_opened(tmp_path: Path) -> None:
    """Folders and files without any permission are looked at, copied and removed all the same."""
    inner = tmp_path / "left" / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "file").write_text("x")
    for path in (inner / "file", inner, inner.parent):
        path.chmod(0)
    assert regular_files(tmp_path / "left") == [Path("a/b/file")]
    copy_file(inner / "file", tmp_path / "copy")
    inner.parent.chmod(0)
    assert (tmp_path / "copy").read_text() == "x"
    assert remove(tmp_path / "left")


def test_some_entries_may_stay(tmp_path: Path) -> None:
    """The code that was run stays where the rest is removed."""
    dig(tmp_path / "left", 30)
    (tmp_path / "left" / "experiment.py").write_text("x")
    remove(tmp_path / "left", but={"experiment.py"})
    assert os.listdir(tmp_path / "left") == ["experiment.py"]


def test_what_is_not_there_is_gone(tmp_path: Path) -> None:
    """A folder that was never made holds nothing and needs no removing."""
    assert remove(tmp_path / "none")
    assert excess(tmp_path / "none", LeavingsLimits()) == ""


def test_holes_stay_holes(tmp_path: Path) -> None:
    """A copy of a sparse file has its length and contents, and takes no more of the disk."""
    with (tmp_path / "sparse").open("wb") as file:
        file.write(b"begin")
        file.seek(300_000_000)
        file.write(b"middle")
        file.truncate(900_000_000)
    copy_file(tmp_path / "sparse", tmp_path / "copies" / "sparse")
    copied = tmp_path / "copies" / "sparse"
    assert copied.stat().st_size == 900_000_000
    assert copied.stat().st_blocks * 512 < 10_000_000
    with copied.open("rb") as file:
        assert file.read(6) == b"begin\0"
        file.seek(300_000_000)
        assert file.read(7) == b"middle\0"
    assert stat.S_ISREG(copied.stat().st_mode)


def test_a_dense_file_is_copied_whole(tmp_path: Path) -> None:
    """Contents of several pieces, none of them a hole, arrive byte for byte; so does an empty file."""
    data = os.urandom(3_000_001)
    (tmp_path / "dense").write_bytes(data)
    (tmp_path / "empty").touch()
    copy_file(tmp_path / "dense", tmp_path / "a")
    copy_file(tmp_path / "empty", tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == data
    assert (tmp_path / "b").read_bytes() == b""


def test_what_is_closed_is_open_to_what_runs_next(tmp_path: Path) -> None:
    """Root reads a closed file, the evaluator in its sandbox does not: everything is given its owner's rights; links stay."""
    (tmp_path / "closed/inner").mkdir(parents=True)
    file = tmp_path / "closed/inner/file"
    file.write_text("x")
    (tmp_path / "link").symlink_to("/etc")
    for path, mode in ((file, 0), (file.parent, 0o100), (file.parents[1], 0)):
        path.chmod(mode)
    open_up(tmp_path)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (file.parents[1], file.parent, file)]
    assert modes == [0o700, 0o700, 0o600]
    assert stat.S_IMODE(Path("/etc").stat().st_mode) == 0o755
