"""The body of a reply, put into the one form that litellm reads. A reply that was paid is not lost for its form."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from agent.models.bodies.errors import as_error, without_choices
from agent.models.bodies.messages import words_of
from agent.models.bodies.other_forms import as_chat

_STATUS_OF = {
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "invalid_api_key": 401,
    "model_not_found": 404,
    "context_length_exceeded": 400,
}
_LIMITED = re.compile(r"\blimit|quota|\bqps\b|balance|insufficient|credit", re.IGNORECASE)
_COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")


def mended(status: int, body: bytes) -> tuple[int, bytes]:
    """Status and body as they should have been.

    A refusal gets OpenAI's form (errors.py), one in a reply of status 200 an error's status; a stream that nobody asked for, a list of one, other interfaces' replies (other_forms.py), the older
    form with `text`, content in parts, a choice that is no object and counts that are no numbers become what litellm reads.
    What is no JSON, or already right, goes up as it came.
    """
    if status >= 400:
        return status, as_error(status, body)
    value = _parsed(body) if status == 200 else None
    if not isinstance(value, dict):
        return status, body
    if (value.get("error") and not value.get("choices")) or without_choices(value):
        told = as_error(status, json.dumps(value).encode())
        return _status_of(json.loads(told)["error"]), told
    if other := as_chat(value):
        return status, json.dumps(other).encode()
    before = json.dumps(value)
    if value.pop("error", None):  # it gave up in mid-reply
        value["choices"] = [{**choice, "finish_reason": "length"} for choice in _choices(value.get("choices"))]
    if "choices" in value and value["choices"] is not None:
        value["choices"] = _choices(value["choices"])
    if "usage" in value and (usage := _usage(value["usage"])) != value["usage"]:
        value["usage"] = usage
    after = json.dumps(value)
    return status, body if after == before and _is_plain(body) else after.encode()


def error_body(error: Any) -> bytes:
    """An error as OpenAI's interface has it."""
    inner = error if isinstance(error, dict) else {"message": str(error)}
    return json.dumps({"error": inner}).encode()


def _parsed(body: bytes) -> Any:
    """The value that the body holds; a stream's pieces put together; None where it is none."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    try:
        value = json.loads(text, parse_constant=lambda name: None)  # NaN is no number
    except (ValueError, RecursionError):
        return _of_stream(text)
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _is_plain(body: bytes) -> bool:
    """Whether the body as it came is one object in UTF-8 of numbers that JSON knows."""
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict)


def _refuse(name: str) -> None:
    raise ValueError(name)


def _of_stream(text: str) -> dict[str, Any] | None:
    """A stream of `data:` lines as one reply; None for anything else. One that never ends by its own word was cut."""
    pieces = [line[5:].strip() for line in text.splitlines() if line.startswith("data:")]
    whole: dict[str, Any] = {}
    words, thought, finish = "", "", ""
    for piece in pieces:
        try:
            value = json.loads(piece) if piece != "[DONE]" else {}
        except ValueError:  # the last of a stream that broke off
            continue
        if not isinstance(value, dict):
            return None
        whole |= {name: each for name, each in value.items() if name != "choices" and each is not None}
        for choice in _choices(value.get("choices"))[:1]:
            delta = choice.get("delta") or choice["message"]
            words += words_of(delta.get("content"))
            thought += words_of(delta.get("reasoning_content") or delta.get("reasoning"))
            finish = choice.get("finish_reason") or finish
    if not whole:
        return None
    if whole.get("error") and not words:
        return whole
    message = {"role": "assistant", "content": words, **({"reasoning_content": thought} if thought else {})}
    choice = {"index": 0, "message": message, "finish_reason": finish or "length"}
    return {**whole, "object": "chat.completion", "choices": [choice]}


def _choices(given: Any) -> list[dict[str, Any]]:
    """The choices, each with a message; the first that says anything comes first."""
    each = given if isinstance(given, list) else [given]
    choices = [_choice(choice) for choice in each if isinstance(choice, Mapping)]
    return sorted(choices, key=lambda choice: not (choice["message"].get("content") or "").strip())


def _choice(given: Mapping[str, Any]) -> dict[str, Any]:
    message = given.get("message", given.get("text", given.get("delta")))
    message = dict(message) if isinstance(message, Mapping) else {"content": message}
    content = message.get("content")
    if not isinstance(content, (str, type(None))):
        thinking = [part for part in _objects(content) if "think" in _kind(part) or "reason" in _kind(part)]
        if thinking and not message.get("reasoning_content"):
            message["reasoning_content"] = "\n".join(_words_in(part) for part in thinking)
        number = isinstance(content, (int, float))
        message["content"] = str(content) if number else words_of(content)
    rest = {name: value for name, value in given.items() if name != "text"}
    return {**rest, "message": {"role": "assistant", **message}}


def _objects(content: Any) -> Iterable[Mapping[str, Any]]:
    return [part for part in content if isinstance(part, Mapping)] if isinstance(content, list) else []


def _kind(part: Mapping[str, Any]) -> str:
    return str(part.get("type"))


def _words_in(part: Mapping[str, Any]) -> str:
    return next((words_of(part[name]) for name in ("thinking", "reasoning", "text", "summary") if part.get(name)), "")


def _usage(given: Any) -> Any:
    """Counts as whole numbers; None where they are none, so that our own meter counts."""
    if not isinstance(given, Mapping):
        return None
    counts = {}
    for name in _COUNTS:
        try:
            counts[name] = int(given.get(name, 0))
        except (TypeError, ValueError, OverflowError):
            return None
    return {**given, **counts} if any(given.get(name) != count for name, count in counts.items()) else given


def _status_of(error: Mapping[str, Any]) -> int:
    """The status that an error without one would have had: by its code, else by its words."""
    code = str(error.get("code") or "")
    status = int(code) if code.isdigit() and len(code) == 3 else _STATUS_OF.get(code.lower(), 0)
    if not 400 <= status < 600:
        status = 429 if _LIMITED.search(str(error.get("message"))) else 502
    return status
