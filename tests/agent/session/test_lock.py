"""One orchestrator a session."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from agent.errors import SessionLocked
from agent.session.lock import SessionLock


def hold(path: Path, pipe: Connection) -> None:
    with SessionLock(path):
        pipe.send("held")
        pipe.recv()


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[BaseProcess]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=hold, args=(tmp_path / ".lock", there))
    process.start()
    assert here.recv() == "held"
    yield process
    if process.is_alive():
        here.send("done")
    process.join()


def test_a_second_orchestrator_is_kept_out(holder: BaseProcess, tmp_path: Path) -> None:
    """The error names the process that holds the session."""
    with pytest.raises(SessionLocked, match=f"process {holder.pid}"), SessionLock(tmp_path / ".lock"):
        pass


def test_a_killed_holder_does_not_keep_the_session(holder: BaseProcess, tmp_path: Path) -> None:
    """After SIGKILL the lock can be taken at once."""
    holder.kill()
    holder.join()
    with SessionLock(tmp_path / ".lock"):
        pass


def test_without_flock_the_record_decides(holder: BaseProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a file system without flock a live holder on this host is found by its process."""

    def no_flock(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr(fcntl, "flock", no_flock)
    with pytest.raises(SessionLocked), SessionLock(tmp_path / ".lock"):
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
