"""Training inputs as an experiment gets them: batch by batch, in an order that it does not decide."""

from __future__ import annotations

import json
import os
import socket
import time
import weakref
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from judge.data import source
from judge.hand_out import MOST_AT_ONCE, ROWS, SOCKET
from judge.sizes import SMALL

VARIABLE = "LABLOOP_DATA"
ENDED = "ended"
"""Lies in the folder where the process has ended too early, and says why."""
START_S, ANSWER_S = 300.0, 600.0  # a batch of the benchmark is drawn as it is asked for


class Inputs(Protocol):
    """What an experiment trains on."""

    mean: Tensor
    """[d_in] of all distinct inputs, or of as many as tell it."""

    def draw(self, count: int) -> Tensor:
        """The next `count` inputs [count, d_in] float32, drawn at random; each counts."""
        ...


def training_inputs(seed: int, scale: str = SMALL, world: str = "") -> Inputs:
    """From the process beside this one; by hand, where there is none, drawn here, in the same order.

    Raises FileNotFoundError, ConnectionError or ValueError, each with the remedy.
    """
    named = os.environ.get(VARIABLE)
    return Handed(Path(named)) if named else Loaded(seed, scale, world)


class Loaded:
    """The inputs from their source, where an experiment is run by hand."""

    def __init__(self, seed: int, scale: str = SMALL, world: str = "") -> None:
        self._source = source(scale, world, seed)
        self.mean = torch.from_numpy(self._source.mean).to(torch.get_default_device())

    def draw(self, count: int) -> Tensor:
        return torch.from_numpy(self._source.take(count)).to(torch.get_default_device())


class Handed:
    """The inputs that a process hands out and counts, in memory that is shared and can only be read here."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._read = folder, b""
        self._connection = _connected(folder)
        weakref.finalize(self, self._connection.close)
        opened = self._asked({"open": 1})
        self.mean = torch.tensor(opened["mean"], dtype=torch.float32)
        self._shared = np.memmap(folder / ROWS, np.float32, "r", shape=(MOST_AT_ONCE, opened["d_in"]))

    def draw(self, count: int) -> Tensor:
        rows = self._asked({"draw": count})["rows"]
        return torch.from_numpy(np.array(self._shared[:rows])).to(torch.get_default_device())

    def _asked(self, request: dict[str, Any]) -> dict[str, Any]:
        """Raises ValueError where it is refused, ConnectionError where nobody answers."""
        try:
            self._connection.sendall(json.dumps(request).encode() + b"\n")
            while b"\n" not in self._read:
                piece = self._connection.recv(1 << 16)
                if not piece:
                    raise ConnectionError("it hung up")
                self._read += piece
        except OSError as error:
            raise ConnectionError(_gone(self._folder)) from error
        line, _, self._read = self._read.partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        if "refused" in answer:
            raise ValueError(answer["refused"])
        return answer


def _connected(folder: Path) -> socket.socket:
    until = time.monotonic() + START_S
    while not (folder / SOCKET).exists():
        if time.monotonic() > until or (folder / ENDED).exists() or not folder.is_dir():
            raise ConnectionError(_gone(folder))
        time.sleep(0.01)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(ANSWER_S)
    handle = os.open(folder, os.O_RDONLY)
    try:
        connection.connect(f"/proc/self/fd/{handle}/{SOCKET}")  # a socket's path must be short
    except OSError as error:
        raise ConnectionError(_gone(folder)) from error
    finally:
        os.close(handle)
    return connection


def _gone(folder: Path) -> str:
    """Why nobody answers, as far as that was said."""
    if (folder / ENDED).is_file():
        return (folder / ENDED).read_text(encoding="utf-8")
    return f"the process that hands out training inputs does not answer in {folder} ({VARIABLE})"
