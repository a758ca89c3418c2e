"""Replies in the forms of other interfaces than the one that was asked, as OpenAI's chat has them: what was paid is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from agent.models.bodies.messages import words_of
from agent.models.replies.endings import kind_of

_AROUND = ("data", "result", "body")
_TEXTS = ("output_text", "generated_text", "response", "completion", "text")
_ENDS = ("finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason")
_SENT = ("prompt_tokens", "input_tokens", "inputTokens", "promptTokenCount", "prompt_eval_count", "inputTextTokenCount")
_RECEIVED = ("completion_tokens", "output_tokens", "outputTokens", "candidatesTokenCount", "eval_count")
_DEEPEST = 3


def as_chat(value: Any, depth: int = 0) -> dict[str, Any] | None:
    """The reply as one choice; None where it is in OpenAI's form already, or holds no answer that is known by its place."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, Mapping) or depth > _DEEPEST or (depth == 0 and value.get("choices")):
        return None
    for name in _AROUND:
        inner = value.get(name)
        if isinstance(inner, Mapping) and inner.get("choices"):
            return dict(inner)
        if found := as_chat(inner, depth + 1):
            return found
    parts = _answer(value)
    if parts is None:
        return None
    words, thought = words_of(parts), "\n".join(_thoughts(parts))
    message = {"role": "assistant", "content": words, **({"reasoning_content": thought} if thought else {})}
    choice = {"index": 0, "message": message, "finish_reason": _finish(value)}
    return {"object": "chat.completion", "model": str(value.get("model", "")), "choices": [choice], **_usage(value)}


def _answer(value: Mapping[str, Any]) -> Any:
    """What holds the answer's words: a text, or its parts; None where nothing is known to."""
    output, message = value.get("output"), value.get("message")
    if isinstance(output, Mapping):
        message = output.get("message", message)
    if isinstance(message, Mapping):
        return message.get("content")
    if isinstance(output, list) and output:
        return [part for item in output if isinstance(item, Mapping) for part in _items(item)]
    if isinstance(candidate := _first(value.get("candidates")), Mapping):
        content = candidate.get("content")
        return content.get("parts", []) if isinstance(content, Mapping) else []
    if value.get("role") == "assistant" or value.get("type") == "message":
        return value.get("content")
    return next((value[name] for name in _TEXTS if isinstance(value.get(name), str)), None)


def _items(item: Mapping[str, Any]) -> list[Any]:
    """The parts of one item of a list of outputs: those of a message, or a thought's summary."""
    content = item.get("content")
    if item.get("type") == "message":
        return content if isinstance(content, list) else [str(content or "")]
    return [{"type": "thinking", "thinking": words_of(item.get("summary") or content)}]


def _thoughts(parts: Any) -> Iterator[str]:
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping) and "thinking" in (part.get("type"), *part):
            yield str(part.get("thinking", ""))


def _finish(value: Mapping[str, Any]) -> str:
    """Why it ended, in OpenAI's words."""
    places = [value, *(each for each in (_first(value.get("candidates")),) if isinstance(each, Mapping))]
    told = next((str(place[name]).lower() for place in places for name in _ENDS if place.get(name)), "")
    if told == "refusal" or kind_of(told) == "filtered":
        return "content_filter"
    if kind_of(told) == "limit" or (not told and value.get("status") == "incomplete"):
        return "length"
    return told if kind_of(told) else "stop"


def _usage(value: Mapping[str, Any]) -> dict[str, Any]:
    """What it says of tokens, by OpenAI's names; nothing where it does not say both."""
    for place in (value.get("usage"), value.get("usageMetadata"), value):
        if isinstance(place, Mapping):
            sent, received = (
                next((place[n] for n in names if isinstance(place.get(n), int)), None) for names in (_SENT, _RECEIVED)
            )
            if sent is not None and received is not None:
                return {
                    "usage": {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}
                }
    return {}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None
