"""How one model wants to be asked: learnt from its refusals, and kept for the session."""

from __future__ import annotations

import re
from typing import Any

from agent.models.faults import Fault
from agent.models.protocol import Message, Request
from agent.models.tokens import count_tokens

_LEAST = 256
"""Tokens; a reply that may be no longer is not worth asking for."""
_MARGIN = 64
"""Tokens that a provider may count beyond our own count."""
_WINDOW = re.compile(
    r"(?:context (?:length|window|limit|size)|context_length)[^.\d]{0,60}(?P<tokens>\d[\d,]{2,})(?![\d,]* \+)|> (?P<more>\d[\d,]{2,})(?! -)",
    re.IGNORECASE,
)


class Manners:
    """What a model's refusals taught: the name of the limit, the longest reply, the longest conversation, no system message."""

    def __init__(self) -> None:
        self.limit_name = "max_tokens"
        self.most: int | None = None
        self.window: int | None = None
        self.system = True

    def form(self, request: Request) -> dict[str, Any]:
        """The request as litellm's arguments."""
        messages = request.messages if self.system else folded(request.messages)
        return {
            self.limit_name: self.limit(request),
            "messages": [{"role": message.role, "content": message.content} for message in messages],
        }

    def limit(self, request: Request) -> int:
        """The longest reply that is asked for, in tokens: what the session wants, as far as the model allows it."""
        limits = [request.max_tokens] if self.most is None else [request.max_tokens, self.most]
        if self.window is not None:
            room = self.window - int(count_tokens(request.messages) * 1.05) - _MARGIN
            limits += [room] if room >= _LEAST else []
        return min(limits)

    def learn(self, fault: Fault, request: Request) -> str:
        """How the request is mended from now on, in words; empty where it cannot be."""
        asked = self.limit(request)
        if fault.kind == "completion_tokens" and self.limit_name == "max_tokens":
            self.limit_name = "max_completion_tokens"
            return "with max_completion_tokens"
        if fault.kind == "no_system" and self.system and any(m.role == "system" for m in request.messages):
            self.system = False
            return "with the system message in the first of the user's"
        if fault.kind == "fewer_tokens":
            allowed = [number for number in fault.numbers if number < asked]
            if allowed and max(allowed) >= _LEAST:
                self.most = max(allowed)
                return f"for at most {self.most} tokens (max_output_tokens is {request.max_tokens})"
        if fault.kind == "context":
            return self._learn_window(fault, request, asked)
        return ""

    def _learn_window(self, fault: Fault, request: Request, asked: int) -> str:
        """A context that has room for the question and a shorter reply."""
        if (told := _WINDOW.search(fault.message)) is None:
            return ""
        window = int((told["tokens"] or told["more"]).replace(",", ""))
        if window - count_tokens(request.messages) < _LEAST:
            return ""
        before, self.window = self.window, window
        if self.limit(request) >= asked:
            self.window = before
            return ""
        return f"for at most {self.limit(request)} tokens (the model's context is {window})"


def folded(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The conversation with its system messages at the head of the first of the user's."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    rest = [message for message in messages if message.role != "system"]
    place = next((at for at, message in enumerate(rest) if message.role == "user"), None)
    if place is None:
        return (Message("user", system), *rest)
    rest[place] = Message("user", f"{system}\n\n{rest[place].content}")
    return tuple(rest)
