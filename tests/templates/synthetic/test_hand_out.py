"""The synthetic template's training inputs come from a process of their own, which owns their order and counts them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from judge import data, handed

from tests.templates.synthetic.conftest import TEMPLATE

pytestmark = pytest.mark.process


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with training inputs of the right shape."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    path: Path = data.training_file()
    path.parent.mkdir(parents=True)
    np.save(path, np.random.default_rng(0).normal(size=(data.INPUTS, data.D_IN)).astype(np.float16))
    return path


@pytest.fixture
def process(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """It hands out with seed 7, and the experiment's variable names its folder, whose path is a long one."""
    folder = tmp_path / ("a-long-name" * 9)
    folder.mkdir()
    monkeypatch.setenv(handed.VARIABLE, str(folder))
    command = [
        sys.executable,
        "-m",
        "judge.hand_out",
        f"--folder={folder}",
        f"--ledger={tmp_path / 'l.json'}",
        "--seed=7",
    ]
    started = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(TEMPLATE)})
    yield started
    started.kill()
    started.wait()


def counted(tmp_path: Path, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    """The ledger, once the process was asked to end."""
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=100) == 0
    return dict(json.loads((tmp_path / "l.json").read_text()))


def connected() -> socket.socket:
    """A connection to the process, as any code might make one."""
    asking = socket.socket(socket.AF_UNIX)
    folder = os.open(os.environ[handed.VARIABLE], os.O_RDONLY)
    try:
        asking.connect(f"/proc/self/fd/{folder}/socket")
    finally:
        os.close(folder)
    asking.settimeout(20)
    return asking


def answered(said: bytes) -> bytes:
    """What one line comes to; empty where it is hung up on."""
    with connected() as asking, contextlib.suppress(ConnectionError, BrokenPipeError):
        asking.sendall(said + b"\n")
        asking.shutdown(socket.SHUT_WR)
        heard = b""
        while piece := asking.recv(1 << 16):
            heard += piece
        return heard
    return b""


def test_each_row_is_counted_and_the_order_is_the_seed_s(tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    """The same rows and the same mean as by hand with that seed, however the experiment draws at random meanwhile."""
    inputs, by_hand = handed.training_inputs(0), handed.Loaded(7)
    assert torch.allclose(inputs.mean, by_hand.mean, atol=1e-6)
    for count in (512, 3, 512):
        torch.randn(5)
        assert torch.equal(inputs.draw(count), by_hand.draw(count))
    told = counted(tmp_path, process)
    assert (told["inputs"], told["batches"], told["seed"], told["distinct_inputs"]) == (1027, 3, 7, data.INPUTS)


def test_what_was_drawn_stays_as_it_is(process: subprocess.Popen[bytes]) -> None:
    """A batch that a run keeps is not overwritten by the next one."""
    inputs = handed.training_inputs(7)
    first = inputs.draw(64)
    kept = first.clone()
    assert not torch.equal(inputs.draw(64), kept) and torch.equal(first, kept)


def test_a_second_client_changes_no_count(tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    """A second pass through a connection of its own is counted with the first, in the one order that there is."""
    first, second, by_hand = handed.training_inputs(7), handed.training_inputs(7), handed.Loaded(7)
    assert torch.equal(first.draw(10), by_hand.draw(10)) and torch.equal(second.draw(20), by_hand.draw(20))
    assert counted(tmp_path, process)["inputs"] == 30


NO_REQUESTS: tuple[bytes, ...] = (
    *(
        json.dumps({"draw": count}).encode()
        for count in (0, -1, True, 1.5, 10**6, 10**30, "all", None, [5], {"draw": 5})
    ),
    *(
        json.dumps(said).encode()
        for said in ({}, [], [{"draw": 5}], 5, "draw", None, {"split": "confirm"}, {"seed": 1})
    ),
    b'{"draw": NaN}',
    b'{"draw": Infinity}',
    b'{"draw": 1e999}',
    b'{"draw": ' + b"9" * 4000 + b"}",
    b"nonsense",
    b"",
    b"\xff\xfe",
    b"\x00" * 9,
    b'{"draw": 5',
    b"[" * 4000,
    b"[" * 100_000,
    b'{"a":' * 700 + b"1" + b"}" * 700,
)
"""What is said on a connection of its own."""


def test_what_is_no_request_draws_nothing_and_ends_nothing(tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    """Refused or hung up on, one after another; an honest draw in between goes on in the order as if nothing had been said."""
    inputs, by_hand = handed.training_inputs(7), handed.Loaded(7)
    for said in NO_REQUESTS:
        assert not (told := answered(said)) or "refused" in json.loads(told), said[:60]
        assert torch.equal(inputs.draw(3), by_hand.draw(3)), said[:60]
    for count in (0, True, 10**6):
        with pytest.raises(ValueError, match="draw 1 to"):
            inputs.draw(count)
    assert counted(tmp_path, process)["inputs"] == 3 * len(NO_REQUESTS)


def test_other_data_cannot_be_asked_for(tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    """A seed, a split, a file or a world beside a request change nothing of what is handed out, and it is counted as ever."""
    inputs, by_hand = handed.training_inputs(7), handed.Loaded(7)
    for name, value in {"seed": 0, "split": "confirm", "rows": 9, "file": "/etc/hostname", "world": "other"}.items():
        assert json.loads(answered(json.dumps({"open": 1, name: value}).encode()))["rows"] == data.INPUTS
        assert json.loads(answered(json.dumps({"draw": 4, name: value}).encode())) == {"rows": 4}
        by_hand.draw(4)
        assert torch.equal(inputs.draw(5), by_hand.draw(5))
    told = counted(tmp_path, process)
    assert (told["inputs"], told["seed"], told["split"]) == (45, 7, "train")


def test_who_does_not_read_is_hung_up_on(tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    """It keeps nobody waiting, and what was drawn for it without being looked at counts all the same."""
    inputs, by_hand = handed.training_inputs(7), handed.Loaded(7)
    with connected() as mute:
        mute.sendall(b'{"draw": 2}\n')
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            mute.sendall(b'{"open": 1}\n' * 100_000)
    by_hand.draw(2)
    assert torch.equal(inputs.draw(3), by_hand.draw(3))
    assert counted(tmp_path, process)["inputs"] == 5


def test_as_many_as_like_may_want_in(tmp_path: Path, process: subprocess.Popen[bytes]) -> None:
    """Those beyond a few are refused, so that the process has files left for its ledger; the first is served on."""
    inputs, by_hand = handed.training_inputs(7), handed.Loaded(7)
    crowd = [connected() for _ in range(40)]
    try:
        assert b"are connected already" in crowd[-1].recv(200)
        assert torch.equal(inputs.draw(3), by_hand.draw(3))
    finally:
        for each in crowd:
            each.close()
    assert torch.equal(handed.training_inputs(7).draw(3), by_hand.draw(3))
    assert counted(tmp_path, process)["inputs"] == 6


def test_a_process_that_is_gone_is_named(process: subprocess.Popen[bytes], tmp_path: Path) -> None:
    """The experiment is told that nobody hands out, or what labloop says of it."""
    inputs = handed.training_inputs(7)
    process.kill()
    process.wait()
    with pytest.raises(ConnectionError, match="does not answer"):
        inputs.draw(1)
    (Path(os.environ[handed.VARIABLE]) / handed.ENDED).write_text("out of memory")
    with pytest.raises(ConnectionError, match="out of memory"):
        inputs.draw(1)


def test_missing_inputs_are_an_error_with_the_remedy(tmp_path: Path) -> None:
    """Before anything listens: the line names the command that makes them."""
    command = [sys.executable, "-m", "judge.hand_out", f"--folder={tmp_path}", f"--ledger={tmp_path / 'l.json'}"]
    env = {**os.environ, "PYTHONPATH": str(TEMPLATE), "LABLOOP_CACHE": str(tmp_path / "none")}
    began = time.monotonic()
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "python -m judge.prepare" in done.stderr and time.monotonic() - began < 200
