"""The HTTP client below litellm: hands up what it would lose (an error in a reply of status 200, content in parts), and
takes no question, and so no key, from the address that was named to another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from agent.models.faults import MOVED, STATUS
from agent.models.replies import words_of

_MOST_BYTES = 64 * 1024 * 1024
"""Of one reply; more is not read at all."""
_MOST_MOVES = 5
_STATUS_OF = {
    "rate_limit_exceeded": 429,
    "insufficient_quota": 429,
    "invalid_api_key": 401,
    "model_not_found": 404,
    "context_length_exceeded": 400,
}


def take_up() -> None:
    """Have litellm ask through this module: OpenAI's interface by a Wire, the others by clients that follow no redirection."""
    import litellm
    from litellm.llms.custom_httpx.http_handler import HTTPHandler

    if litellm.client_session is not None:
        return
    litellm.client_session = Wire()
    create = HTTPHandler.create_client
    HTTPHandler.create_client = lambda handler: _staying(create(handler))  # type: ignore[method-assign, assignment]
    litellm.in_memory_llm_clients_cache.flush_cache()  # type: ignore[no-untyped-call]
    _staying(litellm.module_level_client.client)


def _staying(client: httpx.Client) -> httpx.Client:
    """The client, following no redirection: httpx keeps OpenAI's key at home, and would carry x-api-key anywhere."""
    send = client.send

    def stay(request: httpx.Request, **options: Any) -> httpx.Response:
        response = send(request, **{**options, "follow_redirects": False})
        onward = response.next_request
        return response if onward is None else _moved(request, response, str(onward.url))

    client.send = stay  # type: ignore[method-assign]
    return client


def _moved(request: httpx.Request, response: httpx.Response, elsewhere: str) -> httpx.Response:
    """A redirection that is not followed, as a refusal that says so."""
    response.close()
    body = _error({"message": f"{request.url.host} {MOVED} {elsewhere}"})
    headers = [(STATUS, str(response.status_code)), ("content-type", "application/json")]
    return httpx.Response(400, headers=headers, content=body, request=request)


class Wire(httpx.Client):
    """Reads each reply whole, up to a limit, and puts it into the form that litellm reads."""

    def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        """The response, mended. Raises httpx.DecodingError where it is longer than any reply."""
        if stream:
            return super().send(request, stream=True, **options)
        response, elsewhere = self._arrived(request, options)
        if elsewhere:
            return _moved(request, response, elsewhere)
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

    def _arrived(self, request: httpx.Request, options: Mapping[str, Any]) -> tuple[httpx.Response, str]:
        """The response, redirections on the same server followed; and the address to which one leads that is not followed."""
        moves = 0
        while True:
            response = super().send(request, stream=True, **{**options, "follow_redirects": False})
            onward = response.next_request
            if onward is None:
                return response, ""
            moves += 1
            same = _server(onward.url) == _server(request.url) and onward.method == request.method
            if not same or moves > _MOST_MOVES:
                return response, str(onward.url)
            response.close()
            request = onward


def _server(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


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
