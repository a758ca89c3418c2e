"""What a machine does to a session becomes a sentence with a remedy."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.errors import Paused
from agent.session.files import naming, write_bytes
from agent.session.paths import REPOSITORY
from agent.session.trouble import check_room, pausing, trouble


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full .* MB free.: free some space"),
        (errno.EDQUOT, "quota .* used up"),
        (errno.EIO, "fails .input/output error.: look after the disk"),
        (errno.EROFS, "read-only: mount it"),
        (errno.EACCES, "may not be read or written by this user: give the folder"),
        (errno.EISDIR, "is a folder where a file belongs: move it away"),
        (errno.ENOTDIR, "a file where a folder belongs: move that file away"),
        (errno.ELOOP, "a link that leads in a circle: move it away"),
        (errno.EFBIG, "largest file allowed: raise the limit .ulimit -f"),
        (errno.EMFILE, "too many open files: raise the limit .ulimit -n"),
        (errno.ENOMEM, "no memory left"),
    ],
)
def test_each_kind_names_the_place_and_the_remedy(number: int, words: str, tmp_path: Path) -> None:
    """A disk, a quota, a limit, a permission: each has its sentence, its exit code 4, and says how to go on."""
    with pytest.raises(Paused, match=words + ".*, then continue with --resume") as paused, pausing(tmp_path):
        raise OSError(number, os.strerror(number))
    assert paused.value.exit_code == 4
    if number not in (errno.EMFILE, errno.ENOMEM):
        assert str(tmp_path) in str(paused.value)


def test_the_file_that_failed_is_named(tmp_path: Path) -> None:
    """The file of the error comes first; a copy's target before its source, since that is what has no room."""
    full = OSError(errno.ENOSPC, "full", "from", None, str(tmp_path / "to"))
    assert str(tmp_path / "to") in trouble(full, Path("/else"))[0]
    with pytest.raises(OSError, match="results.json"), naming(tmp_path / "results.json"):
        raise OSError(errno.ENOSPC, "full")


def test_other_errors_are_no_trouble_of_the_machine(tmp_path: Path) -> None:
    """A file that is missing is a fault of the code or of the folder, and stays what it is."""
    with pytest.raises(FileNotFoundError), pausing(tmp_path):
        (tmp_path / "nothing").read_bytes()


def test_a_device_that_is_full_is_told_by_the_real_thing(tmp_path: Path) -> None:
    """/dev/full refuses each write as a full disk does, at the flush too."""
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this machine")
    with pytest.raises(Paused, match="is full"), pausing(tmp_path), naming(Path("/dev/full")):
        Path("/dev/full").write_bytes(b"x")


def test_a_write_that_fails_leaves_the_old_file_alone(tmp_path: Path) -> None:
    """Nothing of the new one stays beside it: what was written aside is taken away again."""
    target = tmp_path / "a"
    target.mkdir()  # a rename onto a folder fails
    (target / "kept").write_text("old")
    with pytest.raises(OSError):
        write_bytes(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_there_is_room_here(tmp_path: Path) -> None:
    """A disk with room is no trouble, whatever failed on it."""
    check_room(tmp_path)


def test_no_room_for_temporary_files_is_a_pause(tmp_path: Path) -> None:
    """Python itself finds none of its temporary folders writable: told with the folder, and what to set."""
    code = """
import tempfile
from pathlib import Path
from agent.session.trouble import pausing
tempfile._candidate_tempdir_list = lambda: ["/proc/1/none"]
try:
    with pausing(Path(".")):
        tempfile.mkdtemp()
except BaseException as error:
    print(type(error).__name__, error)
"""
    env = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"Paused no temporary folder can be written: {tmp_path} and the others are full")
    assert "set TMPDIR to a folder on another disk, then continue with --resume" in done.stdout


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            ImportError("x.so: failed to map segment from shared object"),
            "a library cannot be loaded (x.so: failed to map",
        ),
        (MemoryError(), "this process has no memory left: end other programs, or raise its limit (ulimit -v)"),
        (RuntimeError("can't start new thread"), "no thread can be started: end other programs"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "the machine refuses a process or a lock"),
    ],
)
def test_a_machine_without_memory_or_processes_is_a_pause(tmp_path: Path, error: Exception, said: str) -> None:
    """No fault of the code's: what gave out is named, with its limit, and the session goes on later."""
    with pytest.raises(Paused, match=re.escape(said)), pausing(tmp_path):
        raise error


@pytest.mark.parametrize("error", [RuntimeError("other"), ImportError("No module named 'x'")])
def test_another_error_of_the_kind_is_no_trouble(tmp_path: Path, error: Exception) -> None:
    """Only the words for a thread, and for a library that does not fit into memory, are the machine's."""
    with pytest.raises(type(error)), pausing(tmp_path):
        raise error
