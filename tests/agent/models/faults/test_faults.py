"""Faults are told by status and code first, by words only where those leave it open."""

from __future__ import annotations

from typing import Any

import pytest

from agent.models.faults import fault_of


class Refused(Exception):
    """An exception as litellm's are: status, body, headers."""

    def __init__(self, status: int | None, message: str, code: object = None, **headers: str) -> None:
        super().__init__(f"litellm.BadRequestError: OpenAIException - {message}")
        self.status_code = status
        self.body: Any = {"message": message, "code": code} if status else None
        self.litellm_response_headers = {name.replace("_", "-"): text for name, text in headers.items()}


@pytest.mark.parametrize(
    ("status", "message", "code", "kind"),
    [
        (429, "slow down", None, "rate"),
        (429, "Visit your billing settings to raise limits. Please try again in 20s", None, "rate"),
        (429, "Quota exceeded for metric: requests per minute. Please retry in 40.5s.", None, "rate"),
        (429, "You exceeded your current quota, please check your plan and billing details", None, "quota"),
        (429, "no more", "insufficient_quota", "quota"),
        (429, "no more, try again in 3s", "insufficient_quota", "quota"),
        (429, "Limit reached: 50 requests per day", None, "quota"),
        (429, "Request too large for gpt-x on tokens per min: must be reduced", "rate_limit_exceeded", "large"),
        (429, "forbidden", "rate_limit_exceeded", "rate"),
        (429, "Rate limit exceeded: free-models-per-day", None, "quota"),
        (429, "Limit 200 RPD reached", None, "quota"),
        (500, "model 'x' not found, try pulling it first", None, "missing"),
        (500, "the request exceeds the available context size, try increasing it", None, "context"),
        (500, "model requires more system memory (9.2 GiB) than is available (3.1 GiB)", None, "memory"),
        (500, "cudaMalloc failed: out of memory", None, "memory"),
        (503, "model x is not loaded yet, it is still loading", None, "passing"),
        (404, "Model x is currently loading", None, "passing"),
        (403, "Rate limit exceeded, requests per minute", None, "rate"),
        (403, "Insufficient balance", None, "quota"),
        (403, "Key may not use this model", None, "forbidden"),
        (503, "forbidden", None, "passing"),
        (503, "billing backend is down", None, "passing"),
        (500, "invalid api key store is down", None, "passing"),
        (529, "Overloaded", "overloaded_error", "passing"),
        (408, "timeout", None, "passing"),
        (402, "Insufficient credits", None, "quota"),
        (400, "Your credit balance is too low to access the API", "invalid_request_error", "quota"),
        (401, "Rate limit your tries", None, "auth"),
        (400, "API key not valid. Please pass a valid API key.", None, "auth"),
        (403, "try again later", None, "forbidden"),
        (404, "The model x does not exist", "model_not_found", "missing"),
        (404, "no such path", None, "missing"),
        (413, "Payload too large", None, "large"),
        (
            400,
            "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "unsupported_parameter",
            "completion_tokens",
        ),
        (
            400,
            "max_tokens is too large: 8192. This model supports at most 4096 completion tokens",
            None,
            "fewer_tokens",
        ),
        (422, "max_tokens must be less than or equal to 4096", None, "fewer_tokens"),
        (400, "max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens", None, "fewer_tokens"),
        (
            400,
            "This model's maximum context length is 8192 tokens, you requested 9392",
            "context_length_exceeded",
            "context",
        ),
        (
            400,
            "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 4096 tokens",
            None,
            "context",
        ),
        (400, "prompt is too long: 210000 tokens > 200000 maximum", None, "context"),
        (400, "Developer instruction is not enabled for models/gemma", None, "no_system"),
        (400, "System role not supported", None, "no_system"),
        (400, "messages: role 'system' is not supported", None, "no_system"),
        (400, "Only user and assistant roles are supported!", None, "no_system"),
        (400, "The response was filtered by the content management policy", "content_filter", "filtered"),
        (400, "temperature is wrong", None, "request"),
        (418, "I am a teapot", None, "request"),
    ],
)
def test_a_fault_has_its_kind(status: int, message: str, code: object, kind: str) -> None:
    """Single words in a message decide nothing where status and code do."""
    fault = fault_of(Refused(status, message, code))
    assert (fault.kind, fault.message) == (kind, message)
    assert fault.remedy


@pytest.mark.parametrize(
    ("message", "headers", "wait_s"),
    [
        ("slow down", {"retry_after": "40"}, 40),
        ("slow down", {"retry_after_ms": "1500"}, 1.5),
        ("slow down", {"retry_after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ("slow down", {"retry_after": "soon"}, None),
        ("Please try again in 20s.", {}, 20),
        ("Please try again in 6m0s.", {}, 360),
        ("Please try again in 1h2m3.5s", {}, 3723.5),
        ("Please try again in 350ms", {}, 0.35),
        ("Please try again in 20 secs", {}, 20),
        ("Retry after 1 hr and 2 mins.", {}, 3720),
        ("Please retry after 10 seconds.", {}, 10),
        ("Please retry in 40.5s.", {}, 40.5),
        ("wait 2 minutes", {}, 120),
        ('"retryDelay": "27s"', {}, 27),
        ("Limit 100 of 100 used", {}, None),
        ("try again later", {}, None),
        ("try again in 20s", {"retry_after": "7"}, 7),
    ],
)
def test_the_time_that_a_provider_names_is_read(message: str, headers: dict[str, str], wait_s: float | None) -> None:
    """From the header first, else from the message, in any of the usual units."""
    assert fault_of(Refused(429, message, None, **headers)).wait_s == (
        None if wait_s is None else pytest.approx(wait_s)
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (TimeoutError("no whole reply within 5 s"), "passing"),
        (ConnectionResetError("reset"), "passing"),
        (IndexError("no choices"), "passing"),
        (ImportError("No module named 'google'"), "setup"),
        (Refused(500, "jinja2.exceptions.TemplateError: System role not supported"), "no_system"),
        (Refused(500, "Google Cloud SDK not found. Install it with pip install x"), "setup"),
        (KeyError("x"), "request"),
    ],
    ids=str,
)
def test_what_has_no_status_is_told_by_its_class(error: Exception, kind: str) -> None:
    """A broken connection passes; a missing library does not."""
    assert fault_of(error).kind == kind
