"""Any provider through litellm, against a server in another process, over HTTP."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from agent.errors import ModelUnavailable
from agent.models.litellm_model import LitellmModel
from agent.models.protocol import Message, Request
from agent.session.steps import Step
from tests.world.model_server import ModelServer

pytestmark = pytest.mark.process

REQUEST = Request("writer", Step("plan/1"), (Message("system", "s"), Message("user", "hello")))


def model(server: ModelServer, timeout_s: float = 5) -> LitellmModel:
    return LitellmModel("a-model", server.url, timeout_s, first_wait_s=0.01)


def test_an_answer_carries_text_and_usage(tmp_path: Path) -> None:
    """Text, tokens and the messages go over HTTP as they are."""
    with ModelServer(tmp_path, [{"text": "hi"}]) as server:
        reply = model(server).answer(REQUEST)
        assert (reply.text, reply.tokens_sent, reply.tokens_received, reply.retries) == ("hi", 111, 22, 0)
        assert server.requests[0]["messages"] == [
            {"role": "system", "content": "s"},
            {"role": "user", "content": "hello"},
        ]


def test_missing_usage_is_not_zero(tmp_path: Path) -> None:
    """A provider that reports no usage leaves the counting to our meter."""
    with ModelServer(tmp_path, [{"text": "hi", "usage": False}]) as server:
        reply = model(server).answer(REQUEST)
        assert reply.tokens_sent is None or reply.tokens_sent > 0


def test_a_count_that_cannot_be_is_none(tmp_path: Path) -> None:
    """A budget that a server could lower with negative tokens would never hold: our meter counts."""
    usage = {"prompt_tokens": -600_000, "completion_tokens": -30, "total_tokens": -600_030}
    with ModelServer(tmp_path, [{"text": "hi", "usage": usage}]) as server:
        reply = LitellmModel("openai/gpt-4o", server.url, 5, first_wait_s=0.01).answer(REQUEST)
        assert (reply.tokens_sent, reply.tokens_received, reply.usd) == (None, None, None)


@pytest.mark.parametrize(
    "first",
    [
        {"status": 429},
        {"status": 500},
        {"status": 529},
        {"fault": "close"},
        {"fault": "no_choices"},
        {"fault": "garbage"},
    ],
    ids=str,
)
def test_a_passing_fault_is_asked_again_and_counted(tmp_path: Path, first: dict[str, Any]) -> None:
    """One bad answer does not end a session; the retry is counted."""
    with ModelServer(tmp_path, [first, {"text": "at last"}]) as server:
        reply = model(server).answer(REQUEST)
        assert (reply.text, reply.retries) == ("at last", 1)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 401, "message": "invalid api key"},
        {"status": 403, "message": "permission denied"},
        {"status": 404, "message": "no such model"},
        {"status": 429, "message": "insufficient_quota: check billing"},
    ],
    ids=str,
)
def test_a_lasting_fault_pauses_at_once(tmp_path: Path, answer: dict[str, Any]) -> None:
    """Key, permission, model and quota are said at once, with the model's name, and asked only once."""
    with ModelServer(tmp_path, [answer]) as server:
        with pytest.raises(ModelUnavailable, match="a-model"):
            model(server).answer(REQUEST)
        assert len(server.requests) == 1


@pytest.mark.parametrize("fault", ["drip", "hang"])
def test_the_time_limit_holds_for_a_server_that_keeps_dripping(tmp_path: Path, fault: str) -> None:
    """A reply that comes a byte at a time is cut off at the limit."""
    with ModelServer(tmp_path, [{"fault": fault}]) as server:
        started = time.monotonic()
        with pytest.raises(ModelUnavailable):
            model(server, timeout_s=0.5).answer(REQUEST)
        assert time.monotonic() - started < 100


def test_no_server_is_a_clear_error() -> None:
    """A base URL where nobody listens names the model and the way on."""
    with pytest.raises(ModelUnavailable, match="--resume"):
        LitellmModel("m", "http://127.0.0.1:9/v1", 2, first_wait_s=0.01).answer(REQUEST)
