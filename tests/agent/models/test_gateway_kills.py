"""A reply that was paid survives a kill at any point after it came: real processes, real SIGKILL."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.models import gateway as gateway_module
from agent.models.exchanges import Exchange, Exchanges
from agent.models.gateway import Gateway
from agent.models.limits import Limits
from agent.models.metering import as_it_came, metered, reply_of
from agent.models.prices import Price
from agent.models.protocol import Message, Reply, Request
from agent.session.events import Exchanged, Unused
from agent.session.files import write_text
from agent.session.journal import Journal
from agent.session.session import Session, open_session
from tests.world.toy import toy_session

pytestmark = pytest.mark.whole

HELLO = [Message("user", "hello there")]
WHOLE = Reply("<think>so</think>hi", "m", 7, 3, 0.5)
UNREPORTED = Reply("hi", "m")
CUT = Reply("half", "m", 7, 3, 0.5, finish="length")


class Counting:
    """A model that leaves a line in a file for each question: what is asked in a process that dies counts too."""

    name = "counting"

    def __init__(self, log: Path, *replies: Reply) -> None:
        self.log, self.replies = log, list(replies)

    def answer(self, request: Request) -> Reply:
        asked = self.log.read_text() if self.log.exists() else ""
        write_text(self.log, asked + f"{request.step}\n")
        return self.replies[len(asked.splitlines())]


def _gateway(session: Session, model: Counting) -> Gateway:
    models = dict.fromkeys(("writer", "coder", "adviser"), model)
    price = {"writer": Price(1000, 2000)}
    return Gateway(session.journal, Exchanges(session.paths.exchanges), models, Limits(), prices=price)  # type: ignore[arg-type]


def _die(*given: object, **named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _after(work: Callable[..., object], times: int = 1) -> Callable[..., object]:
    """The same function, which kills its own process once it has worked for the `times`-th time."""
    left = [times]

    def dying(*given: object, **named: object) -> object:
        result = work(*given, **named)
        left[0] -= 1
        if not left[0]:
            _die()
        return result

    return dying


def _plant(point: str) -> None:
    if point == "the reply is kept":
        Exchanges.keep = _after(Exchanges.keep)  # type: ignore[method-assign,assignment]
    elif point == "before it is read":
        vars(gateway_module)["hear"] = _die
    elif point == "it is metered":
        vars(gateway_module)["metered"] = _after(metered)
    elif point == "its cost is kept":
        Exchanges.keep = _after(Exchanges.keep, 2)  # type: ignore[method-assign,assignment]
    elif point == "before its line":
        Journal.append = _die  # type: ignore[method-assign,assignment]
    else:
        Journal.append = _after(Journal.append)  # type: ignore[method-assign,assignment]


POINTS = ("the reply is kept", "before it is read", "it is metered", "its cost is kept", "before its line", "after it")


@pytest.mark.parametrize("reply", [WHOLE, UNREPORTED, CUT], ids=["whole", "unreported", "cut"])
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_costs_no_second_question(tmp_path: Path, point: str, reply: Reply) -> None:
    """Killed there and taken up again, the same question is asked once in all, and metered as if nothing had happened."""
    replies = (reply, Reply("hi", "m", 1, 1))
    ways = []
    for name in ("killed", "whole"):
        session = toy_session(tmp_path / name)
        model = Counting(tmp_path / f"{name}.log", *replies)
        if name == "killed":
            child = os.fork()
            if child == 0:
                try:
                    _plant(point)
                    _gateway(session, model).ask("writer", "plan/1", HELLO)
                finally:
                    os._exit(1)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        session = open_session(session.paths.root)
        assert _gateway(session, model).ask("writer", "plan/1", HELLO) == "hi"
        calls = [event for event in session.journal.events if isinstance(event, Exchanged | Unused)]
        kept = [Exchanges(session.paths.exchanges).read(number).model_dump(exclude={"seconds"}) for number in (1,)]
        # a resumed session asks anew, without the hint that the same session gives after a reply that was cut
        told = [event.model_dump(exclude={"time", "seq", "seconds", "messages_sha256"}) for event in calls]
        ways.append((model.log.read_text(), told, kept))
    assert ways[0] == ways[1]


def test_what_was_kept_as_it_came_is_the_same_reply() -> None:
    """Words, reasoning, usage, refusal and tools come back from the file as the provider gave them."""
    reply = Reply("", "m", 7, None, None, "refusal", 2, "thought", "It will not.", ("search", "run"), 0, {"a": "b"})
    request = Request("writer", "plan/1", tuple(HELLO))  # type: ignore[arg-type]
    written = as_it_came(request, reply, 1.5).model_dump_json()
    assert reply_of(Exchange.model_validate_json(written)) == reply
