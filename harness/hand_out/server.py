"""Who asks is answered: one connection at a time, a batch ahead, each row counted as it is handed out."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.errors import DataError
from harness.hand_out.ledger import Ledger
from harness.hand_out.ring import Ring
from harness.hand_out.supply import Supply
from harness.handed.wire import LONGEST_REQUEST, SOCKET, Wire, short_path

MOST_AT_ONCE = 1 << 20
"""Rows of one request."""
AT_LEAST = 64
"""Rows of a slot, so that a few small batches do not each get a file."""


class Hand:
    """Answers to requests, by what they ask for."""

    def __init__(
        self, folder: Path, supply: Supply, ledger: Ledger, about: Mapping[str, Any], facts: Mapping[str, Any]
    ) -> None:
        self._folder, self._supply, self._ledger = folder, supply, ledger
        self._about, self._facts = dict(about), dict(facts)
        self._opened = False
        self._ring: Ring | None = None
        self._rings = 0
        self._ahead: dict[str, Any] | None = None
        self._last = 0

    def meet(self) -> None:
        """Somebody else asks: what is expected has to be said again, and nothing lies ready for it."""
        self._opened = False
        self._take_back()
        self._last = 0

    def answer(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """None where nothing is to be answered. Raises DataError where it is refused."""
        if "open" in request:
            return self._open(request["open"])
        if not self._opened:
            raise DataError("open first: say what is expected")
        if "took" in request:
            self._took(request["took"])
            return None
        for kind, hand in (("draw", self._draw), ("sample", self._sample)):
            if kind in request:
                return hand(count_of(request[kind]))
        raise DataError(f"a request is open, draw, took or sample, not {', '.join(request)[:60] or 'empty'}")

    def prepare(self) -> dict[str, Any] | None:
        """Lay the next batch ready while the experiment works on this one, as large as this one; where it lies, if it is new."""
        if self._ring is None or self._ahead is not None or not self._last:
            return None
        self._ahead = self._ring.put(self._supply.take(self._last))
        return {"ahead": self._ahead}

    def _open(self, asked: Any) -> dict[str, Any]:
        """Raises DataError where something else is asked for than is handed out here."""
        asked = asked if isinstance(asked, dict) else {}
        for name, here in self._facts.items():
            if asked.get(name) != here:
                raise DataError(
                    f"{name} {asked.get(name)!r} was asked for, but this run is handed the activations of {name} {here!r} "
                    "and no others: leave the data as the template has it"
                )
        self._opened = True
        return self._about

    def _draw(self, count: int) -> dict[str, Any]:
        self._take_back()
        given = self._room(count).put(self._supply.take(count))
        self._last = count
        self._ledger.drew(count)
        return given

    def _took(self, count: Any) -> None:
        """Raises DataError where no batch of that size lay ready."""
        if self._ahead is None or count_of(count) != self._ahead["rows"]:
            raise DataError(f"{str(count)[:60]} rows do not lie ready: draw them")
        self._ahead = None
        self._ledger.drew(count)

    def _sample(self, count: int) -> dict[str, Any]:
        rows = self._supply.sample(count)
        self._take_back()
        answer = self._room(count).put([rows])
        self._ledger.sampled_rows(count)
        return answer

    def _take_back(self) -> None:
        """What lies ready is not what is wanted now: it is the next of the order again."""
        if self._ahead is not None and self._ring is not None:
            self._supply.give_back(self._ring.at(self._ahead))
        self._ahead = None

    def _room(self, count: int) -> Ring:
        """A ring with room for so many rows: this one, or a larger one in its place."""
        if self._ring is None or self._ring.rows < count:
            if self._ring is not None:
                (self._folder / self._ring.name).unlink(missing_ok=True)
            self._rings += 1
            self._ring = Ring(self._folder, self._rings, max(count, AT_LEAST), self._about["d_in"])
        return self._ring


def count_of(value: Any) -> int:
    """A number of rows. Raises DataError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_AT_ONCE:
        raise DataError(f"{str(value)[:60]} is no number of rows from 1 to {MOST_AT_ONCE}")
    return value


def listen(folder: Path) -> socket.socket:
    """A socket in the folder, there under its name once it can be connected to."""
    listening = socket.socket(socket.AF_UNIX)
    with short_path(folder) as short:
        listening.bind(str(short / f".{SOCKET}"))
    listening.listen(8)
    os.rename(folder / f".{SOCKET}", folder / SOCKET)
    return listening


class Interrupt:
    """SIGINT asks for the end: at once where nothing is lost by it, else as soon as what was being done is done."""

    def __init__(self) -> None:
        self.wanted = self._at_once = False
        signal.signal(signal.SIGINT, self._ask)

    @contextlib.contextmanager
    def welcome(self) -> Iterator[None]:
        """Here it is raised as KeyboardInterrupt."""
        self._at_once = True
        try:
            if self.wanted:
                raise KeyboardInterrupt
            yield
        finally:
            self._at_once = False

    def _ask(self, number: int, frame: object) -> None:
        self.wanted = True
        if self._at_once:
            raise KeyboardInterrupt


def serve(listening: socket.socket, hand: Hand, ledger: Ledger) -> None:
    """Answer one connection after another, until SIGINT; the ledger is written whenever one has gone, and at the end."""
    interrupt = Interrupt()
    try:
        while True:
            with interrupt.welcome():
                select.select([listening], [], [])
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):  # whoever it was is gone
                converse(connection, listening, hand, interrupt)
            ledger.write()
    except KeyboardInterrupt:
        pass
    finally:
        ledger.write()


def converse(connection: socket.socket, listening: socket.socket, hand: Hand, interrupt: Interrupt) -> None:
    """Answer until the other end closes, or says what is no request. Another that wants in meanwhile is refused.

    Raises KeyboardInterrupt, once all that was said by then is counted.
    """
    wire = Wire(connection, LONGEST_REQUEST)
    hand.meet()
    try:
        while True:
            with interrupt.welcome():
                while not wire.has_line() and connection not in select.select([connection, listening], [], [])[0]:
                    turn_away(listening)
            request = wire.hear()
            if request is None:
                return
            reply(wire, hand, request)
            with interrupt.welcome():
                ahead = hand.prepare()
            if ahead is not None:
                wire.say(ahead)
    except (KeyboardInterrupt, OSError):  # asked to end, or nobody hears what is laid ready: what was taken counts
        connection.setblocking(False)
        with contextlib.suppress(OSError):  # there is no more
            while (request := wire.hear()) is not None:
                reply(wire, hand, request)
        raise


def reply(wire: Wire, hand: Hand, request: dict[str, Any]) -> None:
    """Raises OSError where nobody listens any more."""
    try:
        answer = hand.answer(request)
    except DataError as error:
        answer = {"refused": str(error)}
    if answer is not None:
        wire.say(answer)


def turn_away(listening: socket.socket) -> None:
    """Refuse another that wants in. It is heard first: a connection that is closed with words unread loses the answer too."""
    other, _ = listening.accept()
    with other, contextlib.suppress(OSError):
        other.settimeout(1.0)
        wire = Wire(other, LONGEST_REQUEST)
        wire.hear()
        wire.say({"refused": "this run is handed its data already: one process asks"})
