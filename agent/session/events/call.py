"""Calls of models in the journal: replies that answer a step, and replies that do not and were paid all the same."""

from __future__ import annotations

from typing import Literal

from agent.session.journal import BaseEvent
from agent.session.steps import Step


class Called(BaseEvent):
    """One model call that brought a reply; the text lies in exchanges/NNNN.json."""

    number: int
    """Names the file in exchanges/."""
    role: str
    """coder, writer or adviser."""
    model: str
    """Who answered."""
    tokens_sent: int
    """As the provider reported, else counted by our own meter."""
    tokens_received: int
    """Likewise."""
    usd: float = 0.0
    """Price of the call, 0 where it is not known."""
    seconds: float = 0.0
    """From request to reply."""
    finish: str = "stop"
    """Why the reply ended: stop, length, filter."""
    retries: int = 0
    """Further tries that the provider needed."""
    reasoning_characters: int = 0
    """Length of what was taken off the reply as reasoning."""
    messages_sha256: str = ""
    """Hash of what was asked and answered, message by message; empty in journals of before."""


class Exchanged(Called):
    """A reply that answers: the step is never asked again."""

    kind: Literal["exchange"] = "exchange"


class Probed(Called):
    """The one token that the check before the session asked a model for: paid, and no answer to any step."""

    kind: Literal["probe"] = "probe"


class Unused(Called):
    """A reply that is no answer: paid and kept, and never given back for the step, which stays open."""

    kind: Literal["unused"] = "unused"
    asked: Step
    """The step that it was asked for."""
    fault: str = ""
    """Why it is none: cut, spent, filtered, refused, tools, long, reasoned, empty."""
