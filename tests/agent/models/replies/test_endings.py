"""Why a reply ended is read from the provider's own word: a part is never taken for the whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.models.litellm_model import LitellmModel
from agent.models.protocol import Message, Reply, Request
from agent.models.replies import hear
from agent.models.replies.endings import kind_of, told_in
from agent.models.replies.unused import no_answer
from agent.session.steps import Step
from tests.world.model_server import ModelServer

QUESTION = Request("writer", Step("plan/1"), (Message("user", "How?"),), 99)


@pytest.mark.parametrize(
    ("finish", "kind"),
    [
        ("length", "limit"),
        ("MAX_TOKENS", "limit"),
        ("max_output_tokens", "limit"),
        ("model_context_window_exceeded", "limit"),
        ("truncated", "limit"),
        ("ERROR_LIMIT", "limit"),
        ("error", "broken"),
        ("network_error", "broken"),
        ("insufficient_system_resource", "broken"),
        ("USER_CANCEL", "broken"),
        ("timeout", "broken"),
        ("sensitive", "filtered"),
        ("BLOCKLIST", "filtered"),
        ("ERROR_TOXIC", "filtered"),
        ("stop", ""),
        ("COMPLETE", ""),
        ("end_turn", ""),
        ("stop_sequence", ""),
        ("tool_calls", ""),
        ("eos", ""),
        ("FINISH_REASON_UNSPECIFIED", ""),
    ],
)
def test_a_finish_is_known_by_its_words(finish: str, kind: str) -> None:
    """A limit, a break, a filter, in the words of any provider; what ended by itself is none of them."""
    assert kind_of(finish) == kind


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"choices": [{"finish_reason": "network_error"}]}, "network_error"),
        ({"candidates": [{"finishReason": "SPII"}]}, "SPII"),
        ({"type": "message", "stop_reason": "model_context_window_exceeded"}, "model_context_window_exceeded"),
        ({"stopReason": "max_tokens"}, "max_tokens"),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "max_output_tokens"),
        ({"choices": [{"finish_reason": "stop"}]}, ""),
        ({"choices": None}, ""),
        ([1], ""),
    ],
)
def test_the_word_stands_where_interfaces_put_it(body: Any, word: str) -> None:
    """In a choice, a candidate or at the top; an end by itself is none."""
    assert told_in(json.dumps(body).encode()) == word


@pytest.mark.process
def test_a_reply_that_broke_off_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over HTTP, in two interfaces: litellm calls such an end a stop, the provider's own word decides."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "secret")
    cut = {
        "type": "message",
        "role": "assistant",
        "model": "m",
        "id": "1",
        "content": [{"type": "text", "text": "half a sen"}],
        "stop_reason": "model_context_window_exceeded",
        "usage": {"input_tokens": 3, "output_tokens": 2},
    }
    with ModelServer(tmp_path, [{"text": "half a sen", "finish": "error"}, {"body": cut}, {"text": "fine"}]) as server:
        broken = LitellmModel("m", server.url, 20).answer_once(QUESTION)
        limited = LitellmModel("anthropic/m", server.url, 20).answer_once(QUESTION)
        whole = LitellmModel("m", server.url, 20).answer_once(QUESTION)
    assert [hear(reply).fault for reply in (broken, limited, whole)] == ["cut", "cut", ""]
    assert (broken.finish, limited.finish, whole.finish) == ("error", "model_context_window_exceeded", "stop")


def test_a_break_is_not_told_as_a_limit() -> None:
    """No setting mends a provider that breaks off: the message names its status page and the server, and the finish."""
    reply = Reply("half", "m", finish="network_error")
    told = str(no_answer("m", reply, hear(reply), 99, 2))
    assert "network_error" in told and "status page" in told and "max_output_tokens" not in told
