"""The body of a refusal in the one form that litellm reads: its words and its code, wherever a provider puts them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from http.client import responses
from typing import Any

_WORDS = (
    "message",
    "msg",
    "error_msg",
    "status_msg",
    "error_message",
    "errorMessage",
    "detail",
    "details_text",
    "error_description",
)
_MORE = ("error", "errors", "detail", "title", "reason", "description", "statusText", "raw")
_CODES = ("code", "error_code", "errorCode", "__type", "type", "status_code", "status")
_HTML = re.compile(r"\s*(?:<!doctype html|<html|<head|<body)", re.IGNORECASE)
_TITLE = re.compile(r"<(title|h1)[^>]*>(?P<words>.*?)</\1>", re.IGNORECASE | re.DOTALL)
_RESHAPED = re.compile(r"(?<=roles )(?=must alternate|should be alternating)|(?<=Last message )(?=must have role)")
_LONGEST, _DEEPEST = 2000, 6


def as_error(status: int, body: bytes) -> bytes:
    """The refusal as OpenAI's interface has it, its message in words; as it came where it is in that form."""
    text = body.decode("utf-8-sig", "replace").strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = _of_page(text) if _HTML.match(text) else text[:_LONGEST]
    if not value:
        value = f"HTTP {status} {responses.get(status, '')}".strip()
    inner = _inner(value)
    words = _told(value, 0)[:_LONGEST] or json.dumps(value)[:_LONGEST]
    known = {name: inner[name] for name in ("param", "type", "code") if inner.get(name) is not None}
    # litellm would reshape the question by itself at these words, and ask once more; what is refused is mended by manners.py
    words = _RESHAPED.sub(" ", " ".join(words.split()))
    return json.dumps({"error": {**known, "message": words, **_code(value, inner)}}).encode()


def without_choices(value: Mapping[str, Any]) -> bool:
    """Whether a reply of status 200 is a refusal all the same: it holds no answer, and a code or a word of failure."""
    choices = value.get("choices")
    if isinstance(choices, list) and choices:
        return all(isinstance(choice, dict) and choice.get("error") and not _said(choice) for choice in choices)
    base = value.get("base_resp")
    failed = isinstance(base, Mapping) and base.get("status_code") not in (0, None)
    return failed or value.get("success") is False or any(value.get(name) for name in ("error_code", "error_msg"))


def _said(choice: Mapping[str, Any]) -> bool:
    message = choice.get("message")
    return isinstance(message, Mapping) and bool(message.get("content"))


def _inner(value: Any) -> Mapping[str, Any]:
    """The object that tells of the error: the innermost that is called so, else the value itself."""
    if isinstance(value, list):
        return _inner(value[0]) if value else {}
    if not isinstance(value, Mapping):
        return {}
    choices = value.get("choices")
    for inside in (
        value.get("error"),
        value.get("base_resp"),
        choices[0] if isinstance(choices, list) and choices else None,
    ):
        if isinstance(inside, Mapping):
            return _inner(inside)
    return value


def _code(value: Any, inner: Mapping[str, Any]) -> dict[str, str]:
    """The provider's code, where the object of the error does not carry it under that name itself."""
    outer = value if isinstance(value, Mapping) else {}
    first = inner.get("errors", outer.get("errors"))
    places = [inner, outer, first[0] if isinstance(first, list) and first and isinstance(first[0], Mapping) else {}]
    found = [str(place[name]) for name in _CODES for place in places if isinstance(place.get(name), (str, int))]
    return {"code": found[0]} if found and inner.get("code") is None else {}


def _told(value: Any, depth: int) -> str:
    """What a value says in words: its own message first, then what else explains it, each thing once."""
    if depth > _DEEPEST:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return "; ".join(filter(None, (_told(item, depth + 1) for item in value[:3])))
    if not isinstance(value, Mapping):
        return ""
    if "msg" in value and isinstance(value.get("loc"), list):  # a field that a server's own check refuses
        return f"{'.'.join(map(str, value['loc']))}: {value['msg']}"
    said = [_told(value[name], depth + 1) for name in _WORDS if value.get(name)][:1]
    said += [_told(value[name], depth + 1) for name in _MORE if value.get(name) and (not said or name != "detail")]
    said += [
        _told(value[name], depth + 1) for name in ("metadata", "base_resp") if isinstance(value.get(name), Mapping)
    ]
    said += _details(value.get("details")) + [_told(choice, depth + 1) for choice in _failed(value.get("choices"))]
    return ". ".join(dict.fromkeys(filter(None, said)))


def _failed(choices: Any) -> list[Any]:
    return [choice.get("error") for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []


def _details(details: Any) -> list[str]:
    """What Google's errors say beside their message: which quota, how long to wait."""
    if isinstance(details, str):
        return [details]
    found = re.findall(r'"(?:quotaId|retryDelay)": "[^"]*"', json.dumps(details)) if isinstance(details, list) else []
    return [", ".join(each.replace('"', "") for each in found)] if found else []


def _of_page(text: str) -> str:
    """What a page of HTML says of itself: its title, else its heading."""
    found = _TITLE.search(text)
    words = found["words"] if found else re.sub(r"<[^<>]*>", " ", text)
    return " ".join(html.unescape(words).split())[:300] or "a page of HTML"
