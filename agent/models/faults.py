"""What went wrong with a call, told by status and code first, by words only where those leave it open; and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from agent.models.named_waits import headers_of, told_wait_s

STATUS = "x-labloop-status"
"""Header in which wire.py carries the status past litellm, which sorts by words and may change it."""
MOVED = "sends the question on to"
"""Words of wire.py's for a redirection that it does not follow."""
Way = Literal["retry", "wait", "mend", "stop"]


@dataclass(frozen=True)
class Fault:
    """One refused or failed call."""

    kind: str
    """passing, rate, quota, auth, forbidden, missing, large, context, filtered, short, network, moved, setup, request, or one
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
_CODES: dict[str, str] = {
    **dict.fromkeys(
        ("insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "credit_balance_too_low"), "quota"
    ),
    **dict.fromkeys(("insufficient_balance", "payment_required", "quota_exceeded", "insufficient_credits"), "quota"),
    **dict.fromkeys(
        ("invalid_api_key", "authentication_error", "invalid_authentication", "account_deactivated"), "auth"
    ),
    **dict.fromkeys(("permission_denied", "permission_error", "access_terminated"), "forbidden"),
    **dict.fromkeys(("model_not_found", "not_found_error", "deploymentnotfound"), "missing"),
    **dict.fromkeys(("context_length_exceeded", "context_window_exceeded"), "context"),
    **dict.fromkeys(("content_filter", "content_policy_violation", "responsibleaipolicyviolation"), "filtered"),
    **dict.fromkeys(("rate_limit_exceeded", "rate_limit_error", "too_many_requests", "throttlingexception"), "rate"),
    **dict.fromkeys(
        ("overloaded_error", "engine_overloaded", "server_error", "api_error", "internal_error"), "passing"
    ),
    "request_too_large": "large",
}
_STATUSES = {
    401: "auth",
    402: "quota",
    403: "forbidden",
    404: "missing",
    407: "network",
    408: "passing",
    409: "passing",
    410: "missing",
    413: "large",
    420: "rate",
    423: "passing",
    424: "passing",
    425: "passing",
    440: "auth",
    451: "forbidden",
    498: "rate",
    499: "passing",
    511: "network",
}
"""What a status means by itself; 400, 422 and 429 have several meanings. Of the others 3xx leads elsewhere, 4xx stops,
5xx passes. 420 and 498 (where it names no token) are limits of capacity, 424 and 499 failures behind the door, 440 a login that has ended."""
_EXPIRED = r"(?:token|key|session|login)[^.]{0,40}(?:expired|invalid|revoked)|(?:expired|invalid|revoked)[^.]{0,20}(?:token|key)"
_LARGE = r"request too large|payload too large|must be reduced|reduce the (?:length|size)|too large for"
_QUOTA = (
    r"insufficient[_ ]quota|exceeded your current quota|check your plan and billing|credit balance is too low"
    r"|(?:insufficient|out of|no|not enough) (?:credit|balance|fund)|spend(?:ing)? (?:limit|cap)|monthly (?:usage |spend )?limit"
    r"|(?:quota|limit)[^.]{0,60}(?:per day|daily)|daily (?:limit|quota)|quota (?:is )?exhausted"
)
_OPEN: tuple[tuple[str, str], ...] = (
    (
        "context",
        r"context (?:length|window|limit|size)|context_length|prompt is too long|input is too long|too many (?:input )?tokens"
        r"|exceeds? the (?:model|maximum)[^.]{0,40}context|input tokens exceed|maximum (?:input|prompt) (?:length|tokens)",
    ),
    (
        "completion_tokens",
        r"use ?[^\w]{0,3}max_completion_tokens|max_tokens.{0,40}(?:not supported|unsupported|unrecognized|not permitted)",
    ),
    (
        "short",
        r"\A(?!.*(?:at most|less than|<=|too (?:large|high|big)|exceed|between|range)).*(?:could not finish[^.]{0,60}(?:max_tokens|output limit)"
        r"|max_(?:output_|completion_)?tokens(?:[^.]{0,40}was reached|\W.{0,60}?(?:at least|below minimum|too (?:small|low)|>=|greater than)))",
    ),
    (
        "fewer_tokens",
        r"max_(?:output_|new_|completion_)?tokens\W.{0,80}?(?:too (?:large|high|big)|at most|less than|<=|maximum|must be|exceed|up to|range)"
        r"|at most \d+ (?:completion|output) tokens|maximum (?:allowed )?(?:number of )?(?:output|completion) tokens",
    ),
    (
        "no_system",
        r"(?:system|developer)['\"`]?[ _](?:role|message|instruction|prompt)s?.{0,80}(?:not|n't|un|in)[ -]?(?:support|enabled|allowed|valid)"
        r"|not support.{0,40}['\"`]?(?:system|developer)\b|role:? ['\"`]?(?:system|developer)['\"`]?.{0,30}not (?:support|allow)|only user and assistant|roles must alternate|unknown role:? ['\"`]?system",
    ),
    ("moved", MOVED),
    ("large", _LARGE),
    ("filtered", r"content (?:management|filter|policy)|safety system"),
    ("auth", r"api[ _-]?key (?:is )?(?:not valid|invalid|missing|expired)|(?:invalid|incorrect|expired) api[ _-]?key"),
    ("quota", _QUOTA),
    ("setup", r"No module named|pip install|Install it with"),
)
"""What a plain refusal (400, 422) may be; the first row whose words stand in the message decides."""
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?!\w)|(?<![\w.])\d{2,}(?![\w.]*\d)")
_LACKING = r"No module named|Install it with pip"
_CONNECTION = ("APIConnectionError", "Timeout", "APITimeoutError", "ConnectError", "ReadError", "JSONDecodeError")


def fault_of(error: Exception) -> Fault:
    """The fault that an exception of litellm's, or of the way to it, stands for."""
    message = _message(error)
    wait_s = told_wait_s(error, message)
    numbers = tuple(int(found.replace(",", "")) for found in _NUMBER.findall(message))
    status = _status(error)
    kind = _by_code(_codes(error), status, message) or _by_status(status, message, wait_s)
    return Fault(kind or _by_exception(error, message), message, wait_s, numbers, status)


def _status(error: Exception) -> int | None:
    """The reply's status, as wire.py carries it, else as the exception does."""
    told = headers_of(error).get(STATUS) or str(getattr(error, "status_code", ""))
    return int(told) if told.isdigit() else None


def _by_code(codes: list[str], status: int | None, message: str) -> str:
    """The kind by the provider's codes; empty where they leave it open: some are given for several."""
    kind = next((_CODES[code] for code in codes if code in _CODES), "")
    if kind == "context":  # some name it so where only the reply's length is too large
        words = dict(_OPEN)
        return "fewer_tokens" if _has(words["fewer_tokens"], message) and not _has(words["context"], message) else kind
    if kind == "rate" and status not in (400, 422):
        return "large" if _has(_LARGE, message) else "rate"
    return "" if kind == "passing" and status == 429 else kind


def _by_status(status: int | None, message: str, wait_s: float | None) -> str:
    """The kind by the status; where that has several, by the message's words. Empty where there is no status of a failure."""
    if status is None or status < 300:
        return ""
    if status == 429:
        words = (("large", _LARGE), ("quota", _QUOTA if wait_s is None else r"(?!)"))
        return next((name for name, pattern in words if _has(pattern, message)), "rate")
    if status in (400, 422):
        return next((name for name, words in _OPEN if _has(words, message)), "request")
    if status == 498 and _has(_EXPIRED, message):
        return "auth"
    if status in _STATUSES:
        return _STATUSES[status]
    if status < 400:
        return "moved"
    return _of_server(message) if status >= 500 else "request"


def _of_server(message: str) -> str:
    """What a status of 500 and more is: mostly something that passes."""
    if _has(dict(_OPEN)["no_system"], message):  # chat templates of local servers fail so
        return "no_system"
    return "setup" if _has(_LACKING, message) else "passing"


def _by_exception(error: Exception, message: str) -> str:
    """The kind where no reply came, or none that says what it is."""
    if isinstance(error, ImportError) or _has(_LACKING, message):
        return "setup"
    passing = isinstance(error, (OSError, IndexError, ValueError)) or type(error).__name__ in _CONNECTION
    return "passing" if passing else "request"


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
    text = re.sub(r"\blitellm\.(?=\w+(?:Error|Timeout))", "", text)
    return " ".join(next((line for line in text.splitlines() if line.strip()), type(error).__name__).split())[:600]
