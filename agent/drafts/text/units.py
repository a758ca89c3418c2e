"""Units of time and of memory, of a printed number and of a metric by its name: seconds may be printed as minutes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

_UNITS = (
    ("time", 1e-9, r"ns|nanoseconds?"),
    ("time", 1e-6, r"[µμu]s|[µμu]secs?|microseconds?"),
    ("time", 1e-3, r"ms|msecs?|milliseconds?"),
    ("time", 1.0, r"s|secs?|seconds?"),
    ("time", 60.0, r"mins?|minutes?"),
    ("time", 3600.0, r"h|hrs?|hours?"),
    ("memory", 1.0, r"bytes?|[bB]"),
    ("memory", 1e3, r"[kK]i?[bB]"),
    ("memory", 1e6, r"[mM]i?[bB]"),
    ("memory", 1e9, r"[gG]i?[bB]"),
    ("memory", 1e12, r"[tT]i?[bB]"),
)
_ANY = "|".join(f"({pattern})" for _, _, pattern in _UNITS)
_AFTER = re.compile(rf"\s*[- ]?(?:{_ANY})(?![\w])")
_JOINED = re.compile(rf"(?<=\d)(?:{_ANY})$")
_BRACKETED = re.compile(rf"[(\[,/]\s*(?:in\s+)?({'|'.join(pattern for _, _, pattern in _UNITS)})\s*(?=[)\]|]|$)")
_NAME = re.compile(rf"(?:^(?!min$)|_)(?:{_ANY})$")
"""The unit of a key; `min` alone is a minimum."""


_RATE = re.compile(
    r"per_[a-z]+$|throughput|speed|(?:^|_)(?:tok|tokens?|imgs?|images?|samples?|its?|iters?|reqs?|requests?|frames?|examples?|words?)_s$",
    re.IGNORECASE,
)
_A_PIECE = re.compile(
    rf"(?<![^\W_])({'|'.join(pattern for _, _, pattern in _UNITS)})_per_(?!s$|sec|min|h$|hour|day)[a-z]+$"
)
"""What a piece takes: `encode_ms_per_batch` is no rate."""
_LASTS = re.compile(r"(?:^|_)(?:(?:run)?time|duration|elapsed)$", re.IGNORECASE)


@dataclass(frozen=True)
class Unit:
    """A unit and how many seconds or bytes it is."""

    kind: str
    size: float


def unit_after(text: str, end: int) -> Unit | None:
    """The unit behind the number that ends at `end`; None where none stands there."""
    return _of(_AFTER.match(text, end)) or _of(_JOINED.search(text[:end]))


def unit_of(name: str) -> Unit | None:
    """The unit in which a metric is kept, by its name: `runtime_s`, and of a `training_time` seconds; None where it does not say."""
    name = _A_PIECE.sub(r"\1", name)
    told = None if _RATE.search(name) else _of(_NAME.search(name))
    return told or (Unit("time", 1.0) if _LASTS.search(name) else None)


def is_a_unit(name: str) -> bool:
    """Whether a metric is called by nothing but its unit: `hours`."""
    return re.fullmatch(_ANY, name) is not None


def unit_of_path(path: Sequence[str]) -> Unit | None:
    """The unit of a metric by the innermost part of its path that gives one: `latency_ms.p99`."""
    return next((unit for part in reversed(path) if (unit := unit_of(part))), None)


def scales(unit: Unit | None) -> list[tuple[float, Unit | None]]:
    """Each unit in which the value may be kept, with what turns the printed number into it; a GB is a thousand MB, or 1024."""
    if unit is None:
        return [(1.0, None)]
    kept = [Unit(kind, size) for kind, size, _ in _UNITS if kind == unit.kind]
    plain = [(unit.size / one.size, one) for one in kept]
    binary = [(1.024 ** round(math.log10(scale) / 3) * scale, one) for scale, one in plain if scale != 1.0]
    return [*plain, *(binary if unit.kind == "memory" else [])]


def unit_in(header: str) -> Unit | None:
    """The unit that a header gives in brackets or behind a comma: `Latency (ms)`, `Memory [GB]`; None where it gives none."""
    return next((unit for match in _BRACKETED.finditer(header) if (unit := _of(re.fullmatch(_ANY, match[1])))), None)


def _of(match: re.Match[str] | None) -> Unit | None:
    if match is None:
        return None
    return next((Unit(kind, size) for (kind, size, _), part in zip(_UNITS, match.groups(), strict=True) if part), None)
