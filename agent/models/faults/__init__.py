"""What went wrong with a call, told by status and code first, by words only where those leave it open; and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from agent.models.faults.proxies import named_socks, through
from agent.models.faults.waits import headers_of, told_wait_s
from agent.models.faults.words import (
    BUSY,
    CODES,
    DAILY,
    EXPIRED,
    FILTERED,
    FORBIDDEN,
    LACKING,
    LARGE,
    LIMITED,
    LOGIN,
    NOT_YET,
    OPEN,
    QUOTA,
    SERVERS,
    SOCKS,
    SOON,
    STATUSES,
    UNKNOWN,
    UNTRUSTED,
)

STATUS = "x-labloop-status"
"""Header in which wire.py carries the status past litellm, which sorts by words and may change it."""
Way = Literal["retry", "wait", "mend", "stop"]


@dataclass(frozen=True)
class Fault:
    """One refused or failed call."""

    kind: str
    """passing, rate, quota, auth, forbidden, missing, memory, large, context, filtered, short, network, socks, certificate, moved, setup, request, or one
    that can be mended: completion_tokens, fewer_tokens, no_system."""
    message: str
    """The provider's own words, one line."""
    wait_s: float | None = None
    """How long the provider asks to wait."""
    numbers: tuple[int, ...] = ()
    """Numbers of tokens that the message names, in order."""
    status: int | None = None
    """The reply's status; None where there was no reply."""

    @property
    def way(self) -> Way:
        """retry soon, wait as told, mend the request, or stop."""
        return _WAYS[self.kind][0]

    @property
    def remedy(self) -> str:
        """What a person can do, with the setting or key that helps."""
        return _WAYS[self.kind][1]


_LONGER = "name a model with a longer context, or lower max_output_tokens"
_WAYS: dict[str, tuple[Way, str]] = {
    "passing": ("retry", "the provider or the way to it fails: look at its status page, the server's log, --base-url"),
    "rate": (
        "wait",
        "wait until the provider's limit allows more, or raise max_wait_minutes ([models] in the settings)",
    ),
    "quota": ("stop", "the account's quota or credit is used up: add credit, or name another model with --model"),
    "auth": ("stop", "the key is refused: set the provider's key in the environment (labloop doctor names it)"),
    "forbidden": (
        "stop",
        "the account may not use this model: check its rights and its credit, or name another with --model",
    ),
    "memory": ("stop", "the server has not the memory for this model: free some, or name a smaller one with --model"),
    "missing": ("stop", "there is no such model at this address: check --model and --base-url"),
    "large": ("stop", f"the request is larger than this account or server takes: {_LONGER}"),
    "context": ("mend", f"the request is longer than the model's context: {_LONGER}"),
    "filtered": (
        "stop",
        "the provider's filter refuses the question: change the idea's words, or name another model with --model",
    ),
    "short": (
        "stop",
        "the model needs a longer reply than it may have: raise max_output_tokens (LABLOOP_MAX_OUTPUT_TOKENS, or [models] in the settings)",
    ),
    "network": (
        "stop",
        "a proxy or a portal of the network answers in the provider's place: sign in there, or mend HTTPS_PROXY and NO_PROXY",
    ),
    "socks": (
        "stop",
        "labloop speaks to HTTP proxies alone: name one there, or unset the variable where labloop is started (a host in NO_PROXY is not enough)",
    ),
    "certificate": (
        "stop",
        "the server's certificate is not trusted here: name the file of the one who signed it in SSL_CERT_FILE",
    ),
    "moved": ("stop", "the question and the key stay here: if that is where you want to ask, name it with --base-url"),
    "setup": (
        "stop",
        "a library of this provider's is missing: install it into .venv/agent, or name another model with --model",
    ),
    "request": ("stop", "the provider refuses the request as it is: check --model, or name another"),
    "completion_tokens": ("mend", "the model takes no max_tokens: name another with --model"),
    "fewer_tokens": ("mend", "lower max_output_tokens (LABLOOP_MAX_OUTPUT_TOKENS, or [models] in the settings)"),
    "no_system": ("mend", "the model takes no system message: name another with --model"),
}
_SEVERAL = (400, 406, 412, 422, 446)
"""Statuses that say no more than that the request was refused, or that a condition did not hold."""
_ALSO = {
    401: (("forbidden", FORBIDDEN),),
    403: (("auth", EXPIRED), ("filtered", FILTERED), ("quota", QUOTA), ("rate", LIMITED)),
    404: (("missing", UNKNOWN), ("forbidden", FORBIDDEN)),
}
"""What some providers answer with a status that for others has one meaning."""
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?!\w)|(?<![\w.])\d{2,}(?![\w.]*\d)")
_CONNECTION = (
    *("APIConnectionError", "Timeout", "APITimeoutError", "ConnectError", "ConnectTimeout", "ReadError", "ReadTimeout"),
    *("WriteError", "RemoteProtocolError", "DecodingError", "JSONDecodeError", "SSLError", "ProxyError"),
)


def fault_of(error: Exception) -> Fault:
    """The fault that an exception of litellm's, or of the way to it, stands for."""
    message = _message(error)
    wait_s = told_wait_s(error, message)
    numbers = tuple(_counted(found, message) for found in _NUMBER.finditer(message))
    status = _status(error)
    if _has(SOCKS, message):
        return Fault("socks", f"the environment names a SOCKS proxy: {named_socks() or message}")
    if _has(UNTRUSTED, message):
        return Fault("certificate", message)
    kind = _by_code(_codes(error), status, message) or _by_status(status, message, wait_s)
    if kind:
        return Fault(kind, message, wait_s, numbers, status)
    return Fault(_by_exception(error, message), message + through(error), wait_s, numbers, status)


def _counted(found: re.Match[str], message: str) -> int:
    """A number of tokens; one less where the message says that itself is not allowed."""
    return int(found[0].replace(",", "")) - message.startswith(" (exclusive)", found.end())


def _status(error: Exception) -> int | None:
    """The reply's status, as wire.py carries it, else as the exception does."""
    told = headers_of(error).get(STATUS)
    if told is None:  # litellm gives a connection that broke a status, too
        told = "" if _root(error) is not error and _broke(_root(error)) else str(getattr(error, "status_code", ""))
    return int(told) if told.isdigit() else None


def _by_code(codes: list[str], status: int | None, message: str) -> str:
    """The kind by the provider's codes; empty where they leave it open: some are given for several."""
    kind = next((CODES[code] for code in codes if code in CODES), "")
    if kind == "context":  # some name it so where only the reply's length is too large
        words = dict(OPEN)
        return "fewer_tokens" if _has(words["fewer_tokens"], message) and not _has(words["context"], message) else kind
    if (
        kind == "missing" and _has(FORBIDDEN, message) and not _has(UNKNOWN, message)
    ):  # a model that is kept from this account
        return "forbidden"
    if kind == "quota" and _has(SOON, message) and not _has(DAILY, message):
        return "rate"
    if kind == "rate" and status not in (400, 422):
        return "large" if _has(LARGE, message) else "rate"
    open_still = kind == "passing" and (status or 0) >= 400  # some call every failure `api_error`
    return "" if open_still and not (status == 400 and _has(BUSY, message)) else kind


def _by_status(status: int | None, message: str, wait_s: float | None) -> str:
    """The kind by the status; where that has several, by the message's words. Empty where there is no status of a failure."""
    if status is None or status < 300:
        return ""
    if status == 429:
        words = (("large", LARGE), ("quota", QUOTA if wait_s is None else DAILY))
        return next((name for name, pattern in words if _has(pattern, message)), "rate")
    if status in _SEVERAL:
        return next((name for name, words in OPEN if _has(words, message)), "request")
    if status == 498 and _has(EXPIRED, message):
        return "auth"
    if status == 404 and _has(NOT_YET, message):
        return "passing"
    if refused := next((kind for kind, words in _ALSO.get(status, ()) if _has(words, message)), ""):
        return refused
    if status in STATUSES:
        return STATUSES[status]
    if status < 400:
        return "moved"
    return _of_server(message) if status >= 500 else "request"


def _of_server(message: str) -> str:
    """What a status of 500 and more is: mostly something that passes."""
    if _has(dict(OPEN)["no_system"], message):  # chat templates of local servers fail so
        return "no_system"
    if _has(LACKING, message):
        return "setup"
    kind = next((name for name, words in SERVERS if _has(words, message)), "passing")
    return "passing" if kind == "missing" and _has(NOT_YET, message) else kind


def _by_exception(error: Exception, message: str) -> str:
    """The kind where no reply came, or none that says what it is."""
    if isinstance(error, ImportError) or _has(LACKING, message):
        return "setup"
    if _has(LOGIN, message):
        return "network"
    return (
        "passing" if isinstance(error, (IndexError, ValueError)) or _broke(error) or _broke(_root(error)) else "request"
    )


def _broke(error: BaseException) -> bool:
    """Whether the way to the provider failed."""
    return isinstance(error, OSError) or type(error).__name__ in _CONNECTION


def _root(error: BaseException) -> BaseException:
    """The first exception of those that led to this one."""
    seen = {id(error)}
    while (before := error.__cause__ or error.__context__) is not None and id(before) not in seen:
        seen.add(id(before))
        error = before
    return error


def _has(words: str, message: str) -> bool:
    return re.search(words, message, re.IGNORECASE | re.DOTALL) is not None


def _codes(error: Exception) -> list[str]:
    """The provider's codes, the most specific first: of the error's body, else as litellm carries it."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, Mapping) else {}
    inner = inner if isinstance(inner, Mapping) else {}
    found = (inner.get("code"), inner.get("status"), getattr(error, "code", None), inner.get("type"))
    return [str(code).lower() for code in found if code]


def _message(error: Exception) -> str:
    """The provider's words: of the body, else of the exception without litellm's prefixes."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, Mapping) else None
    told = inner.get("message") if isinstance(inner, Mapping) else inner
    text = told if isinstance(told, str) and told.strip() else str(error)
    if text.rstrip(".").endswith("Connection error") and (cause := str(_root(error))) not in text:
        text = f"{text} {cause}"
    text = re.sub(r"\blitellm\.(?=\w+(?:Error|Timeout))", "", text)
    return " ".join(next((line for line in text.splitlines() if line.strip()), type(error).__name__).split())[:600]
