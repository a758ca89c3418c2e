"""The client below litellm hands up what litellm would lose."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.models.bodies import mended


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ({"message": "upstream is down", "code": 502}, 502),
        ({"message": "slow", "code": "429"}, 429),
        ({"message": "slow", "code": "rate_limit_exceeded"}, 429),
        ({"message": "long", "code": "context_length_exceeded"}, 400),
        ({"message": "odd", "code": "odd"}, 502),
        ({"message": "none"}, 502),
        ("a word", 502),
    ],
)
def test_an_error_in_a_good_reply_is_an_error(error: Any, status: int) -> None:
    """Its status is the one that its code stands for, its message is kept."""
    found, body = mended(200, json.dumps({"error": error}).encode())
    assert found == status
    assert json.loads(body)["error"]["message"] == (error if isinstance(error, str) else error["message"])


def test_content_in_parts_becomes_text() -> None:
    """What the parts hold of thinking goes to the field of its own."""
    parts = [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "fine"}]
    status, body = mended(200, json.dumps({"choices": [{"message": {"content": parts}}]}).encode())
    message = json.loads(body)["choices"][0]["message"]
    assert (status, message["content"], message["reasoning_content"]) == (200, "fine", "hm")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"<html>",
        b"[]",
        b'{"choices": null}',
        b'{"choices": [{"message": {"role": "assistant", "content": "fine"}}]}',
    ],
)
def test_anything_else_goes_up_as_it_came(body: bytes) -> None:
    """Also what is no JSON at all."""
    assert mended(200, body) == (200, body)


def stream(*deltas: dict[str, Any], finish: str | None = "stop", done: bool = True) -> bytes:
    """Lines as a server sends them that streams without being asked to."""
    pieces = [{"model": "m", "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    pieces += [{"choices": [{"index": 0, "delta": {}, "finish_reason": finish}], "usage": USAGE}] if finish else []
    lines = [f"data: {json.dumps(piece)}" for piece in pieces] + (["data: [DONE]"] if done else [])
    return "\n\n".join(lines).encode()


USAGE: Any = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
GOOD: Any = {"message": {"role": "assistant", "content": "hi"}, "finish_reason": "stop"}


@pytest.mark.parametrize(
    ("body", "text", "finish"),
    [
        (stream({"content": "h"}, {"content": "i"}), "hi", "stop"),
        (stream({"content": "hi"}, finish=None, done=False), "hi", "length"),
        (stream({"content": "hi"}, finish=None) + b'\n\ndata: {"cho', "hi", "length"),
        ({"choices": [{"text": "hi", "finish_reason": "stop"}]}, "hi", "stop"),
        ({"choices": GOOD}, "hi", "stop"),
        ([{"choices": [GOOD]}], "hi", "stop"),
        ({"choices": [None, GOOD]}, "hi", "stop"),
        ({"choices": [{**GOOD, "message": "hi"}]}, "hi", "stop"),
        ({"choices": [{"finish_reason": "stop"}]}, None, "stop"),
        ({"choices": [{**GOOD, "message": {"content": ""}}, GOOD]}, "hi", "stop"),
        ({"choices": [{**GOOD, "message": {"content": 5}}]}, "5", "stop"),
        ({"choices": [GOOD], "error": {"message": "the connection broke"}}, "hi", "length"),
        (
            '{"choices": [{"message": {"content": "Größe"}, "finish_reason": "stop"}]}'.encode("latin-1"),
            "Größe",
            "stop",
        ),
        (b'{"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}], "usage": NaN}', "hi", "stop"),
    ],
)
def test_a_reply_in_another_form_is_read(body: Any, text: str | None, finish: str) -> None:
    """It was paid: streams, the older form, a choice alone, what is no object, what broke off in the middle (which was cut)."""
    status, read = mended(200, body if isinstance(body, bytes) else json.dumps(body).encode())
    choice = json.loads(read)["choices"][0]
    assert (status, choice["message"]["content"], choice["finish_reason"]) == (200, text, finish)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (USAGE, USAGE),
        ({**USAGE, "prompt_tokens": "5"}, USAGE),
        ({**USAGE, "prompt_tokens": 5.0}, USAGE),
        ([], None),
        ("none", None),
        ({**USAGE, "prompt_tokens": "many"}, None),
        ({**USAGE, "prompt_tokens": None}, None),
    ],
    ids=str,
)
def test_counts_are_numbers_or_none(given: Any, read: Any) -> None:
    """What is no count is left to our own meter."""
    whole: dict[str, Any] = {"choices": [GOOD], "usage": given}
    _, body = mended(200, json.dumps(whole).encode())
    assert json.loads(body)["usage"] == read
