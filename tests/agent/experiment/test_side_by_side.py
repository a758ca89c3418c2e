"""Launches side by side: how many there is room for, and that none outlives a stop."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

from agent.experiment.side_by_side import Endable, room, side_by_side
from agent.sandbox import Command, choose


class Apart:
    """A sandbox that keeps its commands apart, or one that does not."""

    def __init__(self, keeps_apart: bool) -> None:
        self.keeps_apart = keeps_apart


@pytest.mark.parametrize(
    ("asked", "apart", "gpus", "memory_gb", "cores", "expected"),
    [
        (None, True, 0, 64.0, 8, 4),
        (None, True, 0, 9.0, 8, 2),
        (None, True, 0, 1.0, 8, 1),
        (None, True, 0, None, 8, 1),
        (None, True, 0, 64.0, 1, 1),
        (None, True, 1, 64.0, 8, 1),
        (3, True, 1, 1.0, 1, 3),
        (3, False, 0, 64.0, 8, 1),
    ],
)
def test_there_is_room_for_as_many_as_cores_and_memory_allow(
    monkeypatch: pytest.MonkeyPatch,
    asked: int | None,
    apart: bool,
    gpus: int,
    memory_gb: float | None,
    cores: int,
    expected: int,
) -> None:
    """Two cores and 4 GB each; one on a GPU, and where changes could not be laid to one of them; a person may say how many."""
    monkeypatch.setattr("agent.experiment.side_by_side._cores", lambda: cores)
    assert room(asked, Apart(apart), gpus, memory_gb) == expected  # type: ignore[arg-type]


def test_works_run_at_once_and_each_result_keeps_its_place() -> None:
    """Two that wait for one another only end where both run."""
    meeting = threading.Barrier(2, timeout=20)

    def work() -> str:
        meeting.wait()
        return threading.current_thread().name

    found = dict(side_by_side([work, work], 2, lambda: None))
    assert set(found) == {0, 1} and threading.current_thread().name not in found.values()


def test_one_at_a_time_is_worked_here() -> None:
    """In the caller's own thread, where signals are heard, in order."""
    here = threading.current_thread()
    assert list(side_by_side([threading.current_thread] * 2, 1, lambda: None)) == [(0, here), (1, here)]


def test_where_one_fails_the_others_are_ended_and_no_further_begins() -> None:
    """Its own exception is raised, after everything that ran is over."""
    ended, begun = threading.Event(), []

    def fails() -> None:
        raise KeyError("planted")

    def runs() -> None:
        begun.append(1)
        assert ended.wait(20)

    with pytest.raises(KeyError, match="planted"):
        list(side_by_side([runs, fails, *[runs] * 5], 2, ended.set))
    assert ended.is_set() and len(begun) <= 2


@pytest.mark.process
def test_a_command_of_a_thread_ends_when_it_is_told(tmp_path: Path) -> None:
    """No signal reaches the thread that waits for it: its sandbox asks whether to end."""
    sandbox = Endable(choose("plain"))
    command = Command(
        argv=(sys.executable, "-c", "import time; time.sleep(60)"),
        cwd=tmp_path,
        env={},
        scratch=tmp_path / "scratch",
        stdout=tmp_path / "out",
        stderr=tmp_path / "err",
        writable=(tmp_path,),
        timeout_s=60,
    )
    threading.Timer(0.5, sandbox.ended.set).start()
    began = time.monotonic()
    assert sandbox.run(command).interrupted and time.monotonic() - began < 30
