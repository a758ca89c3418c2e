"""Why a reply ended, in the words of any provider: at a limit, broken off, or stopped by a filter. litellm calls most of these "stop"."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_FILTERED = re.compile(
    r"filter|safety|sensitive|recitation|prohibited|block.?list|blocked|\bspii\b|guardrail|toxic|moderat|flagged|policy|violation",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"length|max_?\w*tokens|token_?(?:limit|budget|count)|trunc|incomplete|context_?(?:window|size|limit)|(?:error|stop|output)_limit"
    r"|\Alimit\Z",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"error|abort|cancel|interrupt|time_?d?_?out|insufficient|overload|unavailable|fail|disconnect|preempt|repetition",
    re.IGNORECASE,
)
_NAMES = ("finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason")


def kind_of(finish: str) -> str:
    """What a finish stands for: filtered, limit, broken; empty for a reply that ended by itself."""
    if _FILTERED.search(finish):
        return "filtered"
    return "limit" if _LIMIT.search(finish) else "broken" if _BROKEN.search(finish) else ""


def told_in(body: bytes) -> str:
    """Why a reply ended, as its body says it, where that is no end by itself; empty else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return next((word for word in _words(value) if kind_of(word)), "")


def _words(value: Any) -> Iterator[str]:
    """What stands in the places where interfaces say how a reply ended: in its first choice or candidate, at the top."""
    if not isinstance(value, Mapping):
        return
    for part in (value.get("choices"), value.get("candidates"), value):
        first = part[0] if isinstance(part, list) and part else part
        if isinstance(first, Mapping):
            yield from (str(first[name]) for name in _NAMES if first.get(name))
    if isinstance(details := value.get("incomplete_details"), Mapping):
        yield str(details.get("reason", ""))
