"""The client below litellm hands up what litellm would lose."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.models.wire import mended


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
    "body", [b"", b"null", b"<html>", b"[]", b'{"choices": null}', b'{"choices": [{"message": {"content": "fine"}}]}']
)
def test_anything_else_goes_up_as_it_came(body: bytes) -> None:
    """Also what is no JSON at all."""
    assert mended(200, body) == (200, body)
    assert mended(500, body) == (500, body)
