"""What travels between the session and a model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from agent.session.steps import Step

Role = Literal["coder", "writer", "adviser", "reviewer"]


@dataclass(frozen=True)
class Message:
    """One message of a conversation; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True)
class Request:
    """One question to a model.

    `step` names its place in the session, for example the second exchange of the first turn of run 3: recordings
    answer by it, and the journal finds by it an answer that was already paid for.
    """

    role: Role
    step: Step
    messages: tuple[Message, ...]
    max_tokens: int = 8192
    again: int = 0
    """How many replies to this question could not be used so far."""


@dataclass(frozen=True)
class Reply:
    """What came back. Token counts are None where the provider did not report them; the gateway counts then."""

    text: str
    model: str
    tokens_sent: int | None = None
    tokens_received: int | None = None
    usd: float | None = None
    finish: str = "stop"
    retries: int = 0
    reasoning: str = ""
    """What the provider gave of the model's reasoning in a field of its own."""
    refusal: str = ""
    """What the provider gave as the model's refusal, likewise."""
    tools: tuple[str, ...] = ()
    """Names of the tools that the model wanted to call; it is offered none."""
    limit: int = 0
    """Tokens that this reply could have at most, where the model allows fewer than were asked for; 0 where not known."""
    detail: dict[str, str] = field(default_factory=dict)


Asking = Callable[[Request], None]
"""Hears of a question that a person is asked."""


class Model(Protocol):
    """Whoever answers. Raises ModelUnavailable or NoRecordedAnswer where no answer can be had."""

    name: str

    def answer(self, request: Request) -> Reply: ...
