"""Replies in other interfaces' forms are read, with their end, their thoughts and their tokens: each was paid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.models.bodies import mended
from agent.models.litellm_model import LitellmModel
from agent.models.protocol import Message, Request
from agent.models.replies import hear
from agent.session.steps import Step
from tests.world.model_server import ModelServer

SAID = {"role": "assistant", "content": "fine"}
WHOLE = {"choices": [{"message": SAID, "finish_reason": "stop"}]}
FORMS: list[tuple[Any, str]] = [
    (
        {
            "object": "response",
            "output": [
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": ""}]},
                {"type": "message", "content": [{"type": "output_text", "text": "fine"}]},
            ],
            "usage": {"input_tokens": 3, "output_tokens": 2},
        },
        "stop",
    ),
    ({"output_text": "fine", "status": "incomplete"}, "length"),
    ({"model": "m", "message": SAID, "done": True, "done_reason": "length"}, "length"),
    ({"model": "m", "message": SAID, "done": True, "prompt_eval_count": 3, "eval_count": 2}, "stop"),
    ({"response": "fine", "done": True}, "stop"),
    ({"type": "message", "content": [{"type": "text", "text": "fine"}], "stop_reason": "max_tokens"}, "length"),
    ({"role": "assistant", "content": "fine", "stop_reason": "end_turn"}, "stop"),
    ({"candidates": [{"content": {"parts": [{"text": "fine"}]}, "finishReason": "STOP"}]}, "stop"),
    ({"candidates": [{"content": {"parts": [{"text": "fine"}]}, "finishReason": "SAFETY"}]}, "content_filter"),
    ([{"generated_text": "fine"}], "stop"),
    ({"text": "fine", "finish_reason": "COMPLETE"}, "stop"),
    ({"output": {"message": {"content": [{"text": "fine"}]}}, "stopReason": "end_turn"}, "stop"),
    ({"choices": [{"delta": {"content": "fine"}, "finish_reason": "stop"}]}, "stop"),
    ({"data": WHOLE}, "stop"),
    ({"success": True, "result": {"response": "fine"}}, "stop"),
]


@pytest.mark.parametrize(("body", "finish"), FORMS)
def test_another_interface_s_reply_is_read(body: Any, finish: str) -> None:
    """Its words are the answer's, and one that was cut or filtered is so here too."""
    status, data = mended(200, json.dumps(body).encode())
    choice = json.loads(data)["choices"][0]
    assert (status, choice["message"]["content"], choice["finish_reason"]) == (200, "fine", finish)


@pytest.mark.parametrize(
    "body", [{}, {"message": "not now"}, {"detail": "x"}, {"content": "x"}, {"data": {"id": 3}}, [1, 2]]
)
def test_what_holds_no_answer_is_none(body: Any) -> None:
    """A message of a server, or an object of anything, is not taken for a model's words."""
    assert "fine" not in mended(200, json.dumps(body).encode())[1].decode()
    assert b'"choices"' not in mended(200, json.dumps(body).encode())[1]


@pytest.mark.process
def test_what_it_cost_and_thought_is_kept(tmp_path: Path) -> None:
    """Over HTTP: words, thoughts and tokens of such a reply are those of any other."""
    parts = [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "fine"}]
    body = {
        "type": "message",
        "content": parts,
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 3, "output_tokens": 2},
    }
    with ModelServer(tmp_path, [{"body": body}]) as server:
        reply = LitellmModel("m", server.url, 20).answer_once(
            Request("writer", Step("plan/1"), (Message("user", "How?"),), 99)
        )
    heard = hear(reply)
    assert (heard.text, heard.reasoning, reply.tokens_sent, reply.tokens_received) == ("fine", "hm", 3, 2)


@pytest.mark.process
@pytest.mark.parametrize(("name", "key"), [("groq/m", "GROQ_API_KEY"), ("anthropic/m", "ANTHROPIC_API_KEY")])
def test_a_reply_that_litellm_fails_on_is_paid_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, key: str
) -> None:
    """A field that is not there, or OpenAI's form under another provider's name: read from what came, asked once; what is
    no answer is still a failure."""
    monkeypatch.setenv(key, "secret")
    question = Request("writer", Step("plan/1"), (Message("user", "How?"),), 99)
    with ModelServer(tmp_path, [{"text": "fine"}, {"body": {"id": 3}}]) as server:
        model = LitellmModel(name, server.url, 20)
        reply = model.answer(question)
        assert len(server.requests) == 1
        with pytest.raises(Exception, match=r"\w"):
            model.answer_once(question)
    assert (reply.text, reply.tokens_sent, reply.tokens_received) == ("fine", 111, 22)
