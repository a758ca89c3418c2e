"""A data process on a small file of activations, as labloop starts it, in a folder of the test's own."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from harness.activations import Activations, Request, described
from harness.hand_out.ledger import Ledger
from harness.hand_out.server import Hand, listen, serve
from harness.hand_out.supply import Supply, order_of
from harness.handed import rows
from harness.handed.rows import Handed
from harness.handed.wire import VARIABLE, Wire
from harness.on_the_fly import Unread

ROWS, WIDTH, D_SAE = 1003, 8, 24
REQUEST = Request(tokens=ROWS)


def rows_of(rows: int = ROWS) -> np.ndarray[Any, Any]:
    """Rows [rows, 8] of float16 that each say their own number."""
    return np.random.default_rng(3).normal(size=(rows, WIDTH)).astype(np.float16) + np.arange(rows)[:, None].astype(
        np.float16
    )


def activations(buffer_tokens: int = 0) -> Activations:
    """In a file's stead an array; read while they are drawn, through a buffer of so many, where that is above 0."""
    rows: Any = read_meanwhile(buffer_tokens) if buffer_tokens else rows_of()
    return Activations(rows, np.linspace(0, 1, WIDTH, dtype=np.float32), 2.5, "key")


def read_meanwhile(buffer_tokens: int) -> Unread:
    """The same rows, as a language model would give them: 17 texts of 59 kept positions, after a first one that is none."""
    ids = np.arange(17 * 60).reshape(17, 60)
    known = torch.from_numpy(rows_of())
    return Unread(
        ids,
        (ROWS, WIDTH),
        lambda: lambda some: known[torch.from_numpy(some[:, 1:] - some[:, 1:] // 60 - 1).flatten()],
        buffer_tokens,
        "reading",
    )


class Process:
    """The process, its folder and its ledger."""

    def __init__(self, root: Path, seed: int, setting: Callable[[], object], buffer_tokens: int) -> None:
        self.folder, self.ledger = root / "handed", root / "drawn.json"
        self.folder.mkdir()
        self._process = multiprocessing.get_context("fork").Process(
            target=self._serve, args=(seed, setting, buffer_tokens)
        )
        self._process.start()

    def _serve(self, seed: int, setting: Callable[[], object], buffer_tokens: int) -> None:
        os.environ.pop(VARIABLE, None)
        setting()
        found, ledger = activations(buffer_tokens), Ledger(self.ledger, {"split": "train", "seed": seed}, ROWS)
        about = {"rows": ROWS, "d_in": WIDTH, "mean": found.mean.tolist(), "norm": found.norm, "key": found.key}
        hand = Hand(
            self.folder,
            Supply(found.data, order_of(seed, D_SAE, WIDTH)),
            ledger,
            about,
            described(REQUEST, buffer_tokens),
        )
        serve(listen(self.folder), hand, ledger)

    def counted(self) -> dict[str, Any]:
        """What the ledger says once the process has ended."""
        if self._process.pid and self._process.is_alive():
            os.kill(self._process.pid, signal.SIGINT)
        self._process.join(100)
        assert self._process.exitcode == 0
        counted: dict[str, Any] = json.loads(self.ledger.read_text())
        return counted

    def kill(self) -> None:
        self._process.kill()
        self._process.join()


class Kept(Handed):
    """One that a test's end hangs up."""

    opened: ClassVar[list[Kept]] = []

    def __init__(self, folder: Path, wire: Wire, opened: Mapping[str, Any]) -> None:
        super().__init__(folder, wire, opened)
        self.opened.append(self)


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Process]]:
    """Starts the process for a seed, and names its folder in the environment; `setting` runs in it first."""
    started: list[Process] = []

    def starting(
        seed: int = 0, setting: Callable[[], object] = lambda: None, buffer_tokens: int = 0, root: Path = tmp_path
    ) -> Process:
        started.append(Process(root, seed, setting, buffer_tokens))
        monkeypatch.setenv(VARIABLE, str(started[-1].folder))
        return started[-1]

    monkeypatch.setattr(rows, "Handed", Kept)
    yield starting
    while Kept.opened:
        Kept.opened.pop().close()
    for process in started:
        process.kill()
