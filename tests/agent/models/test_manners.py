"""What a model's refusals teach is kept for the session."""

from __future__ import annotations

import pytest

from agent.models.faults import Fault
from agent.models.manners import Manners, folded
from agent.models.protocol import Message, Request
from agent.session.steps import Step

REQUEST = Request("writer", Step("plan/1"), (Message("system", "be brief"), Message("user", "hello")), 8192)


def test_a_limit_of_another_name_is_kept() -> None:
    """max_completion_tokens from the refusal on, and only once."""
    manners = Manners()
    assert "max_completion_tokens" in manners.learn(Fault("completion_tokens", "x"), REQUEST)
    assert manners.form(REQUEST)["max_completion_tokens"] == 8192 and "max_tokens" not in manners.form(REQUEST)
    assert manners.learn(Fault("completion_tokens", "x"), REQUEST) == ""


@pytest.mark.parametrize(("numbers", "limit"), [((8192, 4096), 4096), ((4096,), 4096), ((), 8192), ((100,), 8192)])
def test_a_smaller_limit_that_the_server_names_is_taken(numbers: tuple[int, ...], limit: int) -> None:
    """Where it leaves room for an answer; said, with the setting's own value."""
    manners = Manners()
    said = manners.learn(Fault("fewer_tokens", "x", numbers=numbers), REQUEST)
    assert manners.limit(REQUEST) == limit and bool(said) == (limit < 8192)
    assert manners.limit(Request("writer", Step("a"), REQUEST.messages, 1000)) == 1000


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 8192 tokens. However, you requested 9392 tokens (1200 in the messages, 8192 in the completion).",
        "'max_tokens' is too large: 8192. This model's maximum context length is 8,192 tokens and your request has 1200 input tokens",
        "input length and `max_tokens` exceed context limit: 1200 + 8192 > 8192, decrease input length",
    ],
)
def test_a_context_leaves_room_for_the_question(message: str) -> None:
    """A reply as long as still fits; a question that is itself too long cannot be mended."""
    manners = Manners()
    assert "context is 8192" in manners.learn(Fault("context", message), REQUEST)
    assert 7900 < manners.limit(REQUEST) < 8192
    long = Request("writer", Step("a"), (Message("user", "word " * 9000),), 8192)
    assert Manners().learn(Fault("context", message), long) == ""


def test_a_system_message_is_folded_into_the_first_of_the_users() -> None:
    """Its words stay, at the head; a conversation without one is mended no second time."""
    manners = Manners()
    assert manners.learn(Fault("no_system", "x"), REQUEST)
    assert manners.form(REQUEST)["messages"] == [{"role": "user", "content": "be brief\n\nhello"}]
    assert manners.learn(Fault("no_system", "x"), REQUEST) == ""
    assert folded((Message("system", "a"),)) == (Message("user", "a"),)
