"""A measured value, and the one way in which numbers are written: by tables, texts, the page and the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ENORMOUS = 1e9


@dataclass(frozen=True)
class Value:
    """A measured metric: mean of `n` repeats, their standard deviation (None where n = 1)."""

    mean: float
    spread: float | None = None
    n: int = 1

    @property
    def is_finite(self) -> bool:
        """Whether it is a measurement at all: NaN and infinity are none, in the mean or in the spread."""
        return math.isfinite(self.mean) and (self.spread is None or math.isfinite(self.spread))


def read_values(metrics: Mapping[str, Any]) -> dict[str, Value]:
    """The metrics of a recorded result, by name; what is no finite number is left out: it was not measured.

    Raises ValueError for an entry that is no {mean, spread, n}.
    """
    found = {}
    for name, entry in metrics.items():
        try:
            spread = entry.get("spread")
            value = Value(float(entry["mean"]), None if spread is None else float(spread), int(entry.get("n", 1)))
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise ValueError(f"the metric {name!r} is no mean with spread and n ({str(entry)[:60]})") from error
        if value.is_finite:
            found[name] = value
    return found


def decimal(number: float, digits: int, signed: bool = False) -> str:
    """`number` with so many decimals; what rounds to nothing has no sign, so there is no negative zero."""
    text = f"{number:+.{digits}f}" if signed else f"{number:.{digits}f}"
    return text if text.strip("+-0.") else text.lstrip("+-")


def short(number: float, digits: int, signed: bool = False) -> str:
    """As `decimal`, for a narrow cell: an enormous number by its powers of ten."""
    if abs(number) < _ENORMOUS:
        return decimal(number, digits, signed)
    return f"{number:+.3g}" if signed else f"{number:.3g}"


def true_minus(text: str) -> str:
    """A number for people's eyes: a minus sign in place of the hyphen before it."""
    return "\u2212" + text[1:] if text.startswith("-") else text
