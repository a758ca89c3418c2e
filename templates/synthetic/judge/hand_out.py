"""Hand out the inputs that an SAE is trained on, and count them: `python -m judge.hand_out --folder=F --ledger=FILE --seed=0`.

At the benchmark's scale (`--scale=synthsaebench_16k`) each input is drawn as it is asked for, and never again.

labloop starts it beside each experiment and ends it with SIGINT. It listens at F/socket and answers lines of JSON:
{"open": 1} → {"rows", "d_in", "mean"} · {"draw": 512} → {"rows": 512}: that many rows of float32 at the begin of F/rows, until
the next are asked for · anything else → {"refused": "why"}. Whoever asks, it is one order, and every row counts.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from judge.data import Source, source
from judge.sizes import SMALL, add_sizes, chosen

SOCKET, ROWS = "socket", "rows"
MOST_AT_ONCE = 1 << 16
LONGEST_REQUEST = 1 << 12
UNREAD = 1 << 18
"""Bytes of answers that may wait to be read; one is a few bytes, the first holds d_in numbers."""
MOST_CONNECTED = 16
EVERY_S = 1.0


class Ledger:
    """What was handed out, in a file that the experiment never sees."""

    def __init__(self, path: Path, seed: int, distinct: int | None) -> None:
        self._path, self._seed, self._distinct = path, seed, distinct
        self.inputs = self.batches = 0
        self.write()

    def drew(self, rows: int) -> None:
        """A batch of so many rows was handed out."""
        self.inputs += rows
        self.batches += 1
        if time.monotonic() - self._written > EVERY_S:
            self.write()

    def write(self) -> None:
        """Write the file, aside and renamed."""
        self._written = time.monotonic()
        distinct = self.inputs if self._distinct is None else self._distinct
        counted = {"inputs": self.inputs, "batches": self.batches, "passes": round(self.inputs / max(distinct, 1), 4)}
        value = {**counted, "distinct_inputs": distinct, "split": "train", "seed": self._seed}
        aside = self._path.with_name(self._path.name + ".part")
        aside.write_text(json.dumps(value) + "\n", encoding="utf-8")
        os.replace(aside, self._path)


class Hand:
    """Answers to requests."""

    def __init__(self, folder: Path, data: Source, ledger: Ledger) -> None:
        self._data, self._ledger = data, ledger
        self._shared = np.memmap(folder / ROWS, np.float32, "w+", shape=(MOST_AT_ONCE, data.d_in))

    def answer(self, request: Any) -> dict[str, Any]:
        """What a request comes to."""
        if isinstance(request, dict) and "open" in request:
            return {"rows": self._data.distinct, "d_in": self._data.d_in, "mean": self._data.mean.tolist()}
        count = request.get("draw") if isinstance(request, dict) else None
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_AT_ONCE:
            return {"refused": f"{json.dumps(request)[:80]} is no request: draw 1 to {MOST_AT_ONCE} rows"}
        self._shared[:count] = self._data.take(count)
        self._ledger.drew(count)
        return {"rows": count}


def serve(listening: socket.socket, hand: Hand, ledger: Ledger) -> None:
    """Answer whoever connects, until SIGINT; the ledger is written whenever one has gone, and at the end.

    Nothing that is said or left undone here ends it or keeps another from being answered: whoever asks is code under trial.
    """
    waiting = selectors.DefaultSelector()
    waiting.register(listening, selectors.EVENT_READ)
    heard: dict[socket.socket, bytes] = {}
    try:
        while True:
            for key, _ in waiting.select():
                found = key.fileobj
                assert isinstance(found, socket.socket)
                if found is listening:
                    if (connection := _let_in(listening, len(heard))) is not None:
                        heard[connection] = b""
                        waiting.register(connection, selectors.EVENT_READ)
                elif not _converse(found, heard, hand):
                    waiting.unregister(found)
                    heard.pop(found)
                    found.close()
                    ledger.write()
    except KeyboardInterrupt:
        pass
    finally:
        ledger.write()


def _let_in(listening: socket.socket, connected: int) -> socket.socket | None:
    """Whoever wants in; None where as many are, who is told so. Nobody is waited for: one that does not read is hung up on."""
    connection, _ = listening.accept()
    connection.setblocking(False)
    if connected < MOST_CONNECTED:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNREAD)
        return connection
    with connection, contextlib.suppress(OSError):
        connection.sendall(json.dumps({"refused": f"{MOST_CONNECTED} are connected already"}).encode() + b"\n")
    return None


def _converse(connection: socket.socket, heard: dict[socket.socket, bytes], hand: Hand) -> bool:
    """Hear what has come and answer it; whether more may come."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        piece = connection.recv(LONGEST_REQUEST)
        *lines, heard[connection] = (heard[connection] + piece).split(b"\n")
        for line in lines:
            connection.sendall(json.dumps(hand.answer(json.loads(line))).encode() + b"\n")
        return bool(piece) and len(heard[connection]) < LONGEST_REQUEST
    return False


def listen(folder: Path) -> socket.socket:
    """A socket in the folder, there under its name once it can be connected to."""
    listening = socket.socket(socket.AF_UNIX)
    handle = os.open(folder, os.O_RDONLY)
    try:
        listening.bind(f"/proc/self/fd/{handle}/.{SOCKET}")  # a socket's path must be short
    finally:
        os.close(handle)
    listening.listen(8)
    os.rename(folder / f".{SOCKET}", folder / SOCKET)
    return listening


def main() -> int:
    parser = argparse.ArgumentParser(description="Hand out training inputs, and count them.")
    parser.add_argument("--folder", type=Path, required=True, help="shared with the experiment, which can only read it")
    parser.add_argument("--ledger", type=Path, required=True, help="the file of counts, out of the experiment's reach")
    parser.add_argument("--seed", type=int, default=0, help="of the order of the batches: the experiment's")
    add_sizes(parser)
    given = parser.parse_args()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where it was ignored by whoever began all this
    try:
        sizes = chosen(given)
        if sizes.scale == SMALL:
            import torch

            torch.set_num_threads(1)  # as the experiment, whose mean by hand is then the same to the bit
        data = source(sizes.scale, sizes.world, given.seed, ahead=True)
        ledger = Ledger(given.ledger, given.seed, data.distinct)
        hand = Hand(given.folder, data, ledger)
        listening = listen(given.folder)
    except (OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # the experiment ended before there was anything to hand out
        return 0
    serve(listening, hand, ledger)
    return 0


if __name__ == "__main__":
    sys.exit(main())
