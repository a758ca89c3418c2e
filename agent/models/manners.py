"""How one model wants to be asked: learnt from its refusals, and kept for the session."""

from __future__ import annotations

import re
from typing import Any

from agent.models.faults import Fault
from agent.models.protocol import Message, Request
from agent.models.shorter import shorter
from agent.models.tokens import count_tokens

_LEAST = 256
"""Tokens; a reply that may be no longer is not worth asking for."""
_MARGIN = 64
"""Tokens that a provider may count beyond our own count."""
_WINDOW = re.compile(
    r"(?:context (?:length|window|limit|size)|context_length)[^.\d]{0,60}(?P<tokens>\d[\d,]{2,})(?![\d,]* \+)|> (?P<more>\d[\d,]{2,})(?! -)"
    r"|(?:must be <=|should not exceed|exceeds|greater than)\D{0,45}(?P<sum>\d[\d,]{2,})(?![\d,]* \+)|(?:model length of|large for model with|have less than|input length should be \[\d+,) ?(?P<most>\d[\d,]{2,})",
    re.IGNORECASE,
)


class Manners:
    """What a model's refusals taught: the name of the limit, the longest reply and question, the context, no system message."""

    def __init__(self, most_sent: int | None = None) -> None:
        """`most_sent`: tokens of the longest question, where that is known beforehand."""
        self.most_sent = most_sent
        self.limit_name = "max_tokens"
        self.most: int | None = None
        self.window: int | None = None
        self.system = True

    def form(self, request: Request) -> dict[str, Any]:
        """The request as litellm's arguments."""
        messages, _ = self.fitted(request)
        messages = messages if self.system else folded(messages)
        return {
            self.limit_name: self.limit(request),
            "messages": [{"role": message.role, "content": message.content} for message in messages],
        }

    def fitted(self, request: Request) -> tuple[tuple[Message, ...], list[str]]:
        """The question as far as the model takes it, and what was left out of it."""
        return (request.messages, []) if self.most_sent is None else shorter(request.messages, self.most_sent)

    def limit(self, request: Request) -> int:
        """The longest reply that is asked for, in tokens: what the session wants, as far as the model allows it."""
        limits = [request.max_tokens] if self.most is None else [request.max_tokens, self.most]
        if self.window is not None:
            room = self.window - int(count_tokens(self.fitted(request)[0]) * 1.05) - _MARGIN
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
            window = _window(fault)
            return self._learn_window(window, request, asked) or self._learn_length(window, request)
        return ""

    def _learn_window(self, window: int | None, request: Request, asked: int) -> str:
        """A context that has room for the question and a shorter reply."""
        if window is None or window - count_tokens(request.messages) < _LEAST:
            return ""
        before, self.window = self.window, window
        if self.limit(request) >= asked:
            self.window = before
            return ""
        return f"for at most {self.limit(request)} tokens (the model's context is {window})"

    def _learn_length(self, window: int | None, request: Request) -> str:
        """A question without what it can do without, for a context that does not hold all of it. An unknown one is taken
        for a good half of what it refused."""
        asked = count_tokens(self.fitted(request)[0])
        reply = min(request.max_tokens, (window or 0) // 4)
        most = int(asked * 0.6) if window is None else int((window - reply - _MARGIN) / 1.05)
        messages, left = shorter(request.messages, most)
        if not left or count_tokens(messages) > (most if window else asked - 1):
            return ""
        self.most_sent, self.window = most, window
        return f"without {', '.join(left)}" + (f" (the model's context is {window})" if window else "")


def _window(fault: Fault) -> int | None:
    """The model's context in tokens, where the refusal names it."""
    told = _WINDOW.search(fault.message)
    return None if told is None else int(next(filter(None, told.groups())).replace(",", ""))


def folded(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The conversation with its system messages at the head of the first of the user's."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    rest = [message for message in messages if message.role != "system"]
    place = next((at for at, message in enumerate(rest) if message.role == "user"), None)
    if place is None:
        return (Message("user", system), *rest)
    rest[place] = Message("user", f"{system}\n\n{rest[place].content}")
    return tuple(rest)
