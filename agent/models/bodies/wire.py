"""The HTTP client below litellm: hands up what it would lose (an error in a reply of status 200, content in parts, a whole
reply that litellm cannot read), and takes no question, and so no key, from the address that was named to another."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any

import httpx

from agent.models.bodies import error_body, mended
from agent.models.faults import STATUS
from agent.models.faults.words import MOVED
from agent.models.replies.endings import told_in

_MOST_BYTES = 64 * 1024 * 1024
"""Of one reply; more is not read at all."""
_MOST_MOVES = 5
_came = threading.local()


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


def begin() -> None:
    """Of what came before in this thread nothing is the reply to the next call."""
    _came.body = None


def read_here() -> Any | None:
    """The reply that came in this thread since `begin`, as litellm's own class, where litellm failed on it; None where none
    came, or it holds no answer. It was paid: another interface's form, or a field that is not there, does not cost it again.
    """
    import litellm

    status, body = mended(200, getattr(_came, "body", None) or b"null")
    try:
        value = json.loads(body) if status == 200 else None
        return litellm.ModelResponse(**value) if isinstance(value, dict) and value.get("choices") else None
    except (ValueError, TypeError, KeyError, AttributeError):  # no reply in any form that is known
        return None


def as_it_ended(response: Any) -> Any:
    """The reply with the provider's own word for how it ended, where that is no end by itself: litellm calls what it does not know a stop."""
    choices = getattr(response, "choices", None)
    if choices and (word := told_in(getattr(_came, "body", None) or b"null")):
        choices[0].finish_reason = word
    return response


def _staying(client: httpx.Client) -> httpx.Client:
    """The client, following no redirection: httpx keeps OpenAI's key at home, and would carry x-api-key anywhere."""
    send = client.send

    def stay(request: httpx.Request, **options: Any) -> httpx.Response:
        response = send(request, **{**options, "follow_redirects": False})
        onward = response.next_request
        if onward is not None:
            return _moved(request, response, str(onward.url))
        if response.status_code == 200 and response.is_closed:  # whole; a stream is still open
            _came.body = response.content
        return response

    client.send = stay  # type: ignore[method-assign]
    return client


def _moved(request: httpx.Request, response: httpx.Response, elsewhere: str) -> httpx.Response:
    """A redirection that is not followed, as a refusal that says so."""
    response.close()
    body = error_body({"message": f"{request.url.host} {MOVED} {elsewhere}"})
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
        _came.body = body if status == 200 else None
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
