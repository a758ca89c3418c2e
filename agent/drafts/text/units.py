"""Units of time, of a printed number and of a metric by its name; a value in seconds may be printed in minutes."""

from __future__ import annotations

import re

_SECONDS = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
TIMES = tuple(_SECONDS.values())
_AFTER = re.compile(r"\s*[- ]?(?:(ms|msecs?|milliseconds?)|(s|secs?|seconds?)|(mins?|minutes?)|(h|hrs?|hours?))\b")
_NAME = re.compile(
    r"(?:^|_)(?:(ms|msecs?|milliseconds?)|(s|secs?|seconds?)|(mins?|minutes?)|(h|hrs?|hours?))$", re.IGNORECASE
)


def unit_after(text: str, end: int) -> float:
    """Seconds of the unit behind a number; 0 where none stands there."""
    return _of(_AFTER.match(text, end)) or _of(re.search(r"(?<=[\d])(ms)?(s)?(min)?(h)?$", text[:end]))


def unit_of(name: str) -> float:
    """Seconds of the unit in which a metric is kept, by its name: `runtime_s`; 0 where it does not say."""
    return _of(_NAME.search(name))


def _of(match: re.Match[str] | None) -> float:
    if match is None:
        return 0.0
    return next((seconds for seconds, part in zip(TIMES, match.groups(), strict=True) if part), 0.0)
