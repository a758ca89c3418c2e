"""One orchestrator a session."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess as Worker
from pathlib import Path

import pytest

from agent.errors import SessionLocked
from agent.session import lock as lock_module
from agent.session.lock import Holder, SessionLock, _recorded, holder

pytestmark = pytest.mark.process


def work(path: Path, pipe: Connection) -> None:
    with SessionLock(path):
        pipe.send("held")
        pipe.recv()


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    """Another process that works in the session of tmp_path."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=work, args=(tmp_path / ".lock", there))
    process.start()
    assert here.recv() == "held"
    yield process
    if process.is_alive():
        here.send("done")
    process.join()


def test_a_second_orchestrator_is_kept_out(worker: Worker, tmp_path: Path) -> None:
    """The error names the process that holds the session."""
    with pytest.raises(SessionLocked, match=f"process {worker.pid}"), SessionLock(tmp_path / ".lock"):
        pass


def test_a_killed_holder_does_not_keep_the_session(worker: Worker, tmp_path: Path) -> None:
    """After SIGKILL the lock can be taken at once."""
    worker.kill()
    worker.join()
    with SessionLock(tmp_path / ".lock"):
        found = holder(tmp_path / ".lock")
        assert found is not None and found.is_this_process


def test_without_flock_the_record_decides(worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without flock a live holder on this host is found by its process."""

    def no_flock(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(fcntl, "flock", no_flock)
    with pytest.raises(SessionLocked), SessionLock(tmp_path / ".lock"):
        pass


def test_whoever_looks_sees_the_holder_while_it_works(worker: Worker, tmp_path: Path) -> None:
    """`holder` names the live process, and nobody once it has let go."""
    found = holder(tmp_path / ".lock")
    assert found is not None
    assert (found.pid, found.name.startswith(f"process {worker.pid} on ")) == (worker.pid, True)


def test_whoever_looks_sees_a_killed_holder_gone_at_once(worker: Worker, tmp_path: Path) -> None:
    """After SIGKILL, with the heartbeat still fresh and nobody having waited for the process, nobody holds the session."""
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while holder(tmp_path / ".lock") is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert (tmp_path / ".lock").read_text()
    assert holder(tmp_path / ".lock") is None
    with SessionLock(tmp_path / ".lock"):
        pass


def test_one_who_holds_it_sees_itself_until_it_lets_go(tmp_path: Path) -> None:
    """A page that is written by the session's own process calls the session held."""
    path = tmp_path / ".lock"
    with SessionLock(path):
        found = holder(path)
        assert found is not None and found.pid == os.getpid()
    assert holder(path) is None


def test_a_process_that_got_the_number_later_is_not_the_holder(tmp_path: Path) -> None:
    """Another start time, or a boot before this one, and the session is free although a process has that number."""
    path = tmp_path / ".lock"
    with SessionLock(path):
        mine = Holder.model_validate_json(path.read_text())
    assert mine.is_alive
    assert not mine.model_copy(update={"started": "1"}).is_alive
    assert not mine.model_copy(update={"boot": "an earlier one"}).is_alive


def test_no_heartbeat_is_ever_half_there(tmp_path: Path) -> None:
    """While the record is written again and again, who reads it always finds it whole."""
    path = tmp_path / ".lock"
    with SessionLock(path) as held:
        done = threading.Event()

        def beat() -> None:
            while not done.is_set():
                held._write()

        beating = threading.Thread(target=beat)
        beating.start()
        seen = [holder(path) for _ in range(300)]
        done.set()
        beating.join()
    assert None not in seen


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "many"}', '{"beat": 9e99}', "\x00" * 10, "[" * 4000])
def test_a_lock_that_names_nobody_holds_nothing(tmp_path: Path, text: str) -> None:
    """An empty, damaged or foreign file is no holder."""
    (tmp_path / ".lock").write_text(text)
    assert holder(tmp_path / ".lock") is None
    with SessionLock(tmp_path / ".lock"):
        pass


@pytest.mark.parametrize(("age_s", "free"), [(0, False), (3600, True)])
def test_a_holder_elsewhere_is_judged_by_its_heartbeat(tmp_path: Path, age_s: float, free: bool) -> None:
    """A record from another host keeps the session while its heart beats."""
    path = tmp_path / ".lock"
    path.write_text(json.dumps({"host": "elsewhere", "pid": os.getpid(), "beat": time.time() - age_s}))
    if free:
        with SessionLock(path):
            pass
    else:
        with pytest.raises(SessionLocked, match="elsewhere"), SessionLock(path):
            pass


def foreign(path: Path, beat: object) -> None:
    """The record of a process on another host."""
    record = {"pid": 1, "host": "elsewhere", "started": "1", "boot": "b", "beat": beat}
    path.write_text(json.dumps(record))


@pytest.mark.parametrize("beat", ["soon", None, [], float("nan"), float("inf"), "Infinity", 10**400])
def test_a_heartbeat_that_is_no_number_holds_nothing(tmp_path: Path, beat: object) -> None:
    """As garbage in the file does: nobody holds the session."""
    foreign(tmp_path / ".lock", beat)
    assert holder(tmp_path / ".lock") is None
    with SessionLock(tmp_path / ".lock"):
        pass


def test_a_heartbeat_in_the_future_is_stale_once_it_stands(tmp_path: Path) -> None:
    """Another host's clock may be hours ahead: what counts is that the file was not written for a minute."""
    path = tmp_path / ".lock"
    foreign(path, time.time() + 7200)
    assert holder(path) is not None, "it may be at work"
    os.utime(path, (time.time() - 61, time.time() - 61))
    assert holder(path) is None
    with SessionLock(path):
        pass


def test_a_heartbeat_in_the_future_is_looked_at_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that moves keeps others out; one that stands for as long as a heartbeat lives lets them in."""
    monkeypatch.setattr(lock_module, "_LOOK_S", 0.05)
    path = tmp_path / ".lock"
    foreign(path, time.time() + 7200)
    moves = threading.Timer(0.2, foreign, (path, time.time() + 7201))
    moves.start()
    with pytest.raises(SessionLocked, match="process 1 on elsewhere"), SessionLock(path):
        pass
    moves.join()
    monkeypatch.setattr(lock_module, "_STALE_S", 0.6)
    with SessionLock(path):
        assert _recorded(path) is not None
