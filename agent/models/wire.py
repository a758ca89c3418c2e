"""The HTTP client below litellm: hands up what it would lose, an error in a reply of status 200 and content in parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from agent.models.faults import STATUS
from agent.models.replies import words_of

_MOST_BYTES = 64 * 1024 * 1024
"""Of one reply; more is not read at all."""
_STATUS_OF = {
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "invalid_api_key": 401,
    "model_not_found": 404,
    "context_length_exceeded": 400,
}


class Wire(httpx.Client):
    """Reads each reply whole, up to a limit, and puts it into the form that litellm reads."""

    def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        """The response, mended. Raises httpx.DecodingError where it is longer than any reply."""
        if stream:
            return super().send(request, stream=True, **options)
        response = super().send(request, stream=True, **options)
        try:
            data = bytearray()
            for part in response.iter_bytes():
                data += part
                if len(data) > _MOST_BYTES:
                    raise httpx.DecodingError(f"a reply of more than {_MOST_BYTES // 2**20} MB", request=request)
        finally:
            response.close()
        status, body = mended(response.status_code, bytes(data))
        headers = [(STATUS, str(status))] + [
            (name, value)
            for name, value in response.headers.multi_items()
            if name.lower() not in ("content-encoding", "content-length", "transfer-encoding")
        ]
        whole = httpx.Response(status, headers=headers, content=body, request=request)
        whole.elapsed = response.elapsed
        return whole


def mended(status: int, body: bytes) -> tuple[int, bytes]:
    """Status and body as they should have been: an error body gets an error's status, content in parts becomes text."""
    if status != 200:
        return status, body
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):  # no JSON: litellm says so
        return status, body
    if not isinstance(value, dict):
        return status, body
    if value.get("error") and not value.get("choices"):
        return _status_of(value["error"]), _error(value["error"])
    changed = False
    for choice in value["choices"] if isinstance(value.get("choices"), list) else []:
        message = choice.get("message") if isinstance(choice, dict) else None
        if isinstance(message, dict) and not isinstance(message.get("content"), (str, type(None))):
            thought = (
                [part for part in message["content"] if isinstance(part, dict)]
                if isinstance(message["content"], list)
                else []
            )
            thinking = [
                part for part in thought if "think" in str(part.get("type")) or "reason" in str(part.get("type"))
            ]
            if thinking and not message.get("reasoning_content"):
                message["reasoning_content"] = "\n".join(_words_in(part) for part in thinking)
            message["content"] = words_of(message["content"])
            changed = True
    return status, json.dumps(value).encode() if changed else body


def _words_in(part: Mapping[str, Any]) -> str:
    return next((words_of(part[name]) for name in ("thinking", "reasoning", "text", "summary") if part.get(name)), "")


def _error(error: Any) -> bytes:
    inner = error if isinstance(error, dict) else {"message": str(error)}
    return json.dumps({"error": inner}).encode()


def _status_of(error: Any) -> int:
    code = error.get("code") if isinstance(error, dict) else None
    try:
        status = int(code) if code is not None else 0
    except (TypeError, ValueError):
        status = _STATUS_OF.get(str(code).lower(), 0)
    return status if 400 <= status < 600 else 502
