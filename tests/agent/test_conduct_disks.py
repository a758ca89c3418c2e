"""Whatever a disk, a limit or an unforeseen error does to a session: it pauses, says why, and can be resumed."""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent import conduct as conduct_module
from agent.conduct import conduct
from agent.errors import Paused
from agent.results.story import story_of
from agent.session.idea import load_idea
from agent.session.session import Session, open_session, start_session
from agent.session.settings import Settings
from agent.session.template import load_template
from tests.world.toy import IDEA, TEMPLATE, BlockCoder, toy_recording, toy_session


@pytest.fixture(autouse=True)
def quick_coder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coder that needs no process."""
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, 4 kB at first; `resized` makes it larger. Skips where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "none", folder], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("no disk may be mounted here")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def resized(disk: Path, kilobytes: int) -> None:
    """The disk with another size."""
    subprocess.run(["mount", "-o", f"remount,size={kilobytes}k", disk], check=True)


def session_on(disk: Path, beside: Path) -> Session:
    """A session on the disk; its recording lies elsewhere."""
    recording = toy_recording(beside / "toy.recording.jsonl")
    chosen = Settings.model_validate({"model": "recorded", "recording": str(recording), "paper": False})
    return start_session(disk / "runs", load_idea(IDEA), load_template(TEMPLATE), chosen)


@pytest.mark.process
def test_a_disk_that_is_full_at_any_moment_is_a_pause(
    disk: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the session, in it and at its end: exit 4 with disk and remedy, nothing blamed on the code; then it goes on."""
    with pytest.raises(Paused, match="is full .*: free some space, then start the session again"):
        session_on(disk, tmp_path)
    resized(disk, 48)
    session = session_on(disk, tmp_path)
    for size in (48, 90, 130, 180, 240, 300):
        resized(disk, size)
        ended = conduct(session, resume=size > 48) if session.stop.why() is None else None
        assert ended is not None and (ended.state, ended.exit_code) == ("paused", 4), size
        assert "is full" in ended.reason and "free some space" in ended.reason and "--resume" in ended.reason
        assert "session paused" in capsys.readouterr().err, "told even where the journal cannot take the line"
        resized(disk, size + 8)  # the line that says it was resumed needs room too
        session = open_session(session.paths.root)
    assert "was not written" in caplog.text, "a page without room is a warning"
    resized(disk, 4000)
    assert conduct(session, resume=True).state == "done"
    told = story_of(session)
    assert [attempt.outcome for attempt in told.attempts if attempt.outcome not in ("ok", "no_edit")] == ["crashed"]
    assert session.paths.page.is_file() and not list(session.paths.root.rglob(".*.tmp"))


@pytest.mark.process
def test_a_full_cache_is_a_pause(disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store of baselines on a disk of its own that has no room."""
    monkeypatch.setenv("LABLOOP_CACHE", str(disk / "cache"))
    session = toy_session(tmp_path, paper=False)
    ended = conduct(session)
    assert (ended.state, ended.exit_code) == ("paused", 4)
    assert str(disk) in ended.reason
    resized(disk, 4000)
    assert conduct(session, resume=True).state == "done"


@contextmanager
def limited(limit: int, value: int) -> Iterator[None]:
    """Within it this process has a smaller limit."""
    before = resource.getrlimit(limit)
    resource.setrlimit(limit, (value, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(limit, before)


@pytest.mark.process
def test_a_file_that_may_not_grow_is_a_pause(tmp_path: Path) -> None:
    """The shell's `ulimit -f`, met in the middle of the session."""
    session = toy_session(tmp_path, paper=False)
    with limited(resource.RLIMIT_FSIZE, 3000):
        ended = conduct(session)
    assert (ended.state, ended.exit_code) == ("paused", 4)
    assert "ulimit -f" in ended.reason


def test_too_many_open_files_are_a_pause(tmp_path: Path) -> None:
    """Where not even the lock can be opened there is no journal to write it to, and it is said all the same."""
    session = toy_session(tmp_path, paper=False)
    with limited(resource.RLIMIT_NOFILE, 3), pytest.raises(Paused, match="too many open files.*ulimit -n.*--resume"):
        conduct(session)


@pytest.mark.process
def test_an_error_that_nobody_expected_leaves_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit 1, the report's path in the reason, the session resumable and equal afterwards."""

    class Broken(BlockCoder):
        def work(self, *_: object) -> object:  # type: ignore[override]
            return 1 // 0

    session = toy_session(tmp_path, paper=False)
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: Broken())
    ended = conduct(session)
    report = session.paths.root / "error-report.txt"
    assert (ended.state, ended.exit_code) == ("paused", 1)
    assert str(report) in ended.reason and "ZeroDivisionError" in ended.reason
    assert "return 1 // 0" in report.read_text()
    monkeypatch.setattr(conduct_module, "coder_for", lambda *_: BlockCoder())
    assert conduct(open_session(session.paths.root), resume=True).state == "done"


@pytest.mark.process
def test_a_page_that_cannot_be_written_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The session is done all the same, and how to make the page is said."""
    session = toy_session(tmp_path, paper=False, max_runs=1)
    session.paths.page.mkdir()
    assert conduct(session).exit_code == 5, "one reference of its notes is to a run that it does not have"
    assert "index.html was not written" in caplog.text and "review.py" in caplog.text


@pytest.mark.process
def test_a_session_folder_that_vanishes_is_told(tmp_path: Path) -> None:
    """Moved away while it worked: no traceback, and the report lies elsewhere."""
    session = toy_session(tmp_path, paper=False)
    shutil.rmtree(session.paths.blobs)
    ended = conduct(session)
    assert ended.exit_code == 1 and ended.state in ("paused", "failed")


@pytest.mark.process
def test_a_resumption_tells_only_what_it_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Steps that the journal holds are not shown as if they were worked again."""
    session = toy_session(tmp_path, paper=False)
    assert conduct(session).state == "done"
    assert "run_1/turn_2: the coder repairs" in capsys.readouterr().err
    assert conduct(open_session(session.paths.root), resume=True).state == "done"
    told = capsys.readouterr().err
    assert not any(words in told for words in ("planning", "the coder", "the adviser reads", "the experiment runs")), (
        told
    )
