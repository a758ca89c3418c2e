"""A coder rests when no turn comes for a while, never within one, and works on as if it had not."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from agent.coding.coder import Ask, TurnReply, TurnRequest
from agent.coding.resting import RestingCoder
from agent.models.protocol import Message


class Worker:
    """Notes what is asked of it; a turn takes as long as it is told."""

    def __init__(self, turn_s: float = 0.0) -> None:
        self.turn_s, self.noted = turn_s, list[str]()

    def work(self, request: TurnRequest, ask: Ask) -> TurnReply:
        self.noted.append("begun")
        time.sleep(self.turn_s)
        self.noted.append("done")
        return TurnReply("done")

    def rest(self) -> None:
        self.noted.append("rest")

    def close(self) -> None:
        self.noted.append("close")


def ask(messages: Sequence[Message]) -> str:
    return ""


REQUEST = TurnRequest("edit", Path(), ("experiment.py",))


def test_it_rests_once_after_its_time_and_works_again() -> None:
    """A turn, a rest when nothing comes, a second turn, then the end: in this order, one rest."""
    worker = Worker()
    coder = RestingCoder(worker, 0.5)
    coder.work(REQUEST, ask)
    while worker.noted[-1] != "rest":
        time.sleep(0.01)
    coder.work(REQUEST, ask)
    coder.close()
    time.sleep(0.7)
    assert worker.noted == ["begun", "done", "rest", "begun", "done", "close"]


def test_it_never_rests_within_a_turn() -> None:
    """A turn that takes longer than the time without one is not cut off, and turns that follow each other know no rest."""
    worker = Worker(turn_s=0.7)
    coder = RestingCoder(worker, 0.5)
    for _ in range(2):
        coder.work(REQUEST, ask)
    coder.close()
    assert worker.noted == ["begun", "done", "begun", "done", "close"]


def test_nothing_is_left_running_once_it_is_closed() -> None:
    """Closed before its time is up, it neither rests later nor keeps a thread."""
    coder = RestingCoder(Worker(), 30)
    coder.work(REQUEST, ask)
    coder.close()
    time.sleep(0.05)
    assert "coder-rest" not in {thread.name for thread in threading.enumerate()}
