"""The experiment's end: rows that are asked for batch by batch, and stand in memory that it can read and not write."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import DataError
from harness.handed.wire import ENDED, SOCKET, VARIABLE, Wire, short_path

if TYPE_CHECKING:
    from torch import Tensor

START_S = 120.0
"""How long it may take until the process is there."""
ANSWER_S = 1800.0
"""How long an answer may take: a language model may have to be loaded first."""
LONGEST_ANSWER = 1 << 22
LAST_WORD_S = 3.0


class Handed:
    """Rows [tokens, d_in] of float16, handed out in an order that the process decides.

    `mean` [d_in], `norm`, `norm_out` and `key` are those of Activations (harness/activations.py).
    """

    itemsize = 2

    def __init__(self, folder: Path, wire: Wire, opened: Mapping[str, Any]) -> None:
        self.shape = (int(opened["rows"]), int(opened["d_in"]))
        self.mean = np.array(opened["mean"], np.float32)
        self.norm = float(opened["norm"])
        self.norm_out = None if opened.get("norm_out") is None else float(opened["norm_out"])
        self.key = str(opened["key"])
        self._folder, self._wire = folder, wire
        self._files: dict[str, Tensor] = {}
        self._ahead = 0  # rows of the batch that is laid ready, or will be

    def draw(self, count: int) -> Tensor:
        """The next `count` rows [count, d_in], counted; they stay until the next are asked for. Raises DataError."""
        if not self._ahead or count != self._ahead:
            self._ahead = 0  # until it is granted
            given = self._asked({"draw": count})
            self._ahead = count
            return self._at(given)
        given = heard(self._wire, self._folder)["ahead"]
        said(self._wire, self._folder, {"took": count})
        return self._at(given)

    def sample(self, count: int) -> Tensor:
        """Rows [count, d_in] for a statistic, counted apart; each at most once in all that is sampled. Raises DataError."""
        return self._at(self._asked({"sample": count}))

    def close(self) -> None:
        """Hang up: what was handed out by then is written down."""
        self._wire.close()

    def _asked(self, request: dict[str, Any]) -> Mapping[str, Any]:
        """The answer to a request; what was laid ready before is given up for it, and comes again."""
        said(self._wire, self._folder, request)
        while "ahead" in (answer := heard(self._wire, self._folder)):
            pass
        return answer

    def _at(self, place: Mapping[str, Any]) -> Tensor:
        at, rows = place["at"], place["rows"]
        return self._file(place["file"])[at : at + rows]

    def _file(self, name: str) -> Tensor:
        """The shared file [rows, d_in] of that name, mapped once."""
        import warnings

        import torch

        if name not in self._files:
            mapped = np.memmap(self._folder / name, np.float16, "r").reshape(-1, self.shape[1])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # that it cannot be written: nobody does
                self._files = {name: torch.from_numpy(mapped)}  # an older one is not used any more
        return self._files[name]


def handed_rows(asked: Mapping[str, Any]) -> Handed | None:
    """What LABLOOP_DATA's process hands out, where there is one; `asked` names what is expected of it.

    Raises DataError where it hands out something else, or is not there.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    folder = Path(named)
    wire = Wire(connected(folder), LONGEST_ANSWER)
    try:
        said(wire, folder, {"open": dict(asked)})
        return Handed(folder, wire, heard(wire, folder))
    except DataError:
        wire.close()
        raise


def connected(folder: Path) -> socket.socket:
    """A connection to the process, once it listens. Raises DataError where it does not."""
    until = time.monotonic() + START_S
    while not (folder / SOCKET).exists():
        if time.monotonic() > until or (folder / ENDED).exists() or not folder.is_dir():
            raise DataError(gone(folder))
        time.sleep(0.01)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(ANSWER_S)
    try:
        with short_path(folder) as short:
            connection.connect(str(short / SOCKET))
    except OSError as error:
        connection.close()
        raise DataError(f"{gone(folder)} ({error})") from error
    return connection


def said(wire: Wire, folder: Path, request: dict[str, Any]) -> None:
    """Say it. Raises DataError where nobody listens."""
    try:
        wire.say(request)
    except OSError as error:
        raise DataError(f"{gone(folder)} ({error})") from error


def heard(wire: Wire, folder: Path) -> dict[str, Any]:
    """What is said next. Raises DataError where that is a refusal, and where nothing comes."""
    try:
        answer = wire.hear()
    except OSError as error:
        raise DataError(f"{gone(folder)} ({error})") from error
    if answer is None:
        raise DataError(gone(folder))
    if "refused" in answer:
        raise DataError(str(answer["refused"]))
    return answer


def gone(folder: Path) -> str:
    """Why nobody answers, as far as that was said."""
    until = time.monotonic() + LAST_WORD_S
    while folder.is_dir() and not (folder / ENDED).is_file() and time.monotonic() < until:
        time.sleep(0.05)
    if (folder / ENDED).is_file():
        return (folder / ENDED).read_text(encoding="utf-8")
    return f"the process that hands out training data does not answer in {folder} ({VARIABLE})"
