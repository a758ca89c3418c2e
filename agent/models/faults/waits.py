"""How long a provider asks to wait: in a header, or in its words."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

_MOMENT = 1e9
_UNITS = (
    (r"ms|milliseconds?", 0.001),
    (r"s|secs?|seconds?", 1),
    (r"m|mins?|minutes?", 60),
    (r"h|hrs?|hours?", 3600),
    (r"d|days?", 86400),
)
"""How each is written, and its seconds."""
_PART = re.compile(rf"(\d+(?:\.\d+)?)\s*({'|'.join(written for written, _ in _UNITS)})(?![a-z])", re.IGNORECASE)
_TOLD = re.compile(
    r"(?:(?:try|retry|again|reset)\w*(?: again)?(?: your request)?(?: in| after)|available in|wait(?: for)?|retryDelay['\"]?: ?['\"]?)\s*:?\s*"
    rf"(?P<span>(?:{_PART.pattern}[ ,]*(?:and )?)+)",
    re.IGNORECASE,
)


def told_wait_s(error: Exception, message: str) -> float | None:
    """Seconds that the provider asks to wait: by its header, else by its words."""
    told = headers_of(error)
    if (milliseconds := _number(told.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    if after := told.get("retry-after"):
        if (seconds := _number(after)) is not None:
            return seconds
        try:
            return max((parsedate_to_datetime(after) - datetime.now(timezone.utc)).total_seconds(), 0)
        except (ValueError, TypeError):  # neither seconds nor a date: as if it were not there
            return _spoken(message)
    spoken = _spoken(message)
    return _reset(told) if spoken is None else spoken


def _reset(told: Mapping[str, str]) -> float | None:
    """Seconds until a limit that is used up, by its headers, is full again; None where they say nothing of it."""
    for kind in ("", "-requests", "-tokens"):
        for start in ("x-ratelimit", "ratelimit"):
            left, reset = told.get(f"{start}-remaining{kind}"), told.get(f"{start}-reset{kind}", "")
            seconds = _number(reset) if _number(reset) is not None else _sum(reset)
            if seconds is not None and (_number(left) == 0 or (start == "ratelimit" and left is None)):
                return seconds
    return None


def headers_of(error: Exception) -> dict[str, str]:
    """The reply's headers, as litellm carries them."""
    headers = getattr(error, "litellm_response_headers", None) or getattr(
        getattr(error, "response", None), "headers", None
    )
    return {str(name).lower(): str(value) for name, value in dict(headers or {}).items()}


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    if value is not None and value > _MOMENT:  # seconds or milliseconds since 1970
        value = max(0.0, (value / 1000 if value > _MOMENT * 100 else value) - time.time())
    return value if value is not None and 0 <= value < 1e9 else None


def _spoken(message: str) -> float | None:
    found = _TOLD.search(message)
    return _sum(found["span"]) if found else None


def _sum(span: str) -> float | None:
    parts = _PART.findall(span)
    return sum(float(number) * _unit(unit) for number, unit in parts) if parts else None


def _unit(word: str) -> float:
    """Seconds of a unit."""
    return next(seconds for written, seconds in _UNITS if re.fullmatch(written, word, re.IGNORECASE))
