"""From a model's name and a server's address to what litellm is asked for, and the key that goes there."""

from __future__ import annotations

import functools
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

OPENAI_LIKE = ("openai", "custom_openai", "openai_like", "text-completion-openai")
"""Names of litellm's that stand for OpenAI's interface, whoever serves it: these are sent OpenAI's key."""
_ADD_VERSION = ("anthropic", "anthropic_text")
"""Providers whose path litellm gives its `/v1` itself: an address that has it already would have it twice."""
_PATIENCE_S = 10


class _Staying(urllib.request.HTTPRedirectHandler):
    """Follows a redirection on the same server alone: urllib would carry the key to any other."""

    def redirect_request(self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: str) -> Any:
        if urllib.parse.urlsplit(newurl)[:2] != urllib.parse.urlsplit(req.full_url)[:2]:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_opener = urllib.request.build_opener(_Staying)


def address_of(name: str, base_url: str) -> tuple[str, dict[str, Any]]:
    """What litellm is told: the model's name as it reads it, and where it is asked with which key.

    Without an address the provider's own, with its own key. At an address, a name that begins with a provider keeps that
    provider's interface and key; any other name is the server's own, as is each name that the server lists: that is asked
    for whole, by OpenAI's interface.
    """
    if not base_url:
        return name, {}
    provider = provider_of(name)
    if not provider or name in served_at(base_url):
        return f"openai/{name}", {"api_base": base_url, "api_key": _openai_key()}
    if provider in OPENAI_LIKE:
        return name, {"api_base": base_url, "api_key": _openai_key()}
    if provider in _ADD_VERSION:
        base_url = base_url.rstrip("/").removesuffix("/v1")
    return name, {"api_base": base_url}


def provider_of(name: str) -> str:
    """The provider that a name begins with, `anthropic` of `anthropic/x`; empty for none: a bare name, or `Qwen/Qwen3-8B`."""
    head, slash, _ = name.partition("/")
    return head if slash and head in _providers() else ""


def served_at(base_url: str) -> tuple[str, ...]:
    """The models that a server of OpenAI's interface lists; none where it lists none, or does not answer."""
    try:
        return _listed(base_url)
    except (OSError, ValueError, TypeError, KeyError):
        return ()


@functools.cache
def _listed(base_url: str) -> tuple[str, ...]:
    """What a server lists, asked once; a failure is not remembered."""
    request = urllib.request.Request(f"{base_url.rstrip('/')}/models")
    try:
        answer = _opener.open(request, timeout=_PATIENCE_S)
    except urllib.error.HTTPError as error:
        if error.code != 401:
            raise
        request.add_header("Authorization", f"Bearer {_openai_key()}")
        answer = _opener.open(request, timeout=_PATIENCE_S)
    with answer:
        return tuple(str(model["id"]) for model in json.loads(answer.read())["data"])


def _openai_key() -> str:
    return os.environ.get("OPENAI_API_KEY", "").strip() or "none"


@functools.cache
def _providers() -> frozenset[str]:
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # no price table is downloaded
    import litellm

    return frozenset(str(getattr(each, "value", each)) for each in litellm.provider_list)
