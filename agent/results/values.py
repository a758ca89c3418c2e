"""A measured value, and the one way in which numbers are written: by tables, texts, the page and the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from agent.session.run_info import Measurement, RunInfo
from agent.session.template.contract import Metric

_ENORMOUS = 1e9
ROUNDING = 1e-9
"""Relative size of a difference that is none: a metric without any noise still rounds."""


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

    @property
    def all_same(self) -> bool:
        """Whether two or more repeats all gave the same, but for rounding: that is no measurement of noise."""
        return self.n >= 2 and self.spread is not None and self.spread <= ROUNDING * abs(self.mean)


def values_of(info: RunInfo) -> dict[str, Value]:
    """The metrics of a recorded result, by name; what is no finite number is left out: it was not measured.

    Raises ValueError where one of them is no {mean, spread, n}.
    """
    if not isinstance(info.get("metrics", {}), Mapping):
        raise ValueError("its metrics are no object")
    values = {name: _value(name, found) for name, found in info.metrics.items()}
    return {name: value for name, value in values.items() if value.is_finite}


def _value(name: str, found: Measurement) -> Value:
    try:
        return Value(float(found.mean), None if found.spread is None else float(found.spread), found.n)
    except OverflowError as error:
        raise ValueError(f"the metric {name!r} is too large for a number") from error


def decimal(number: float, digits: int, signed: bool = False) -> str:
    """`number` with so many decimals; what rounds to nothing has no sign, so there is no negative zero."""
    text = f"{number:+.{digits}f}" if signed else f"{number:.{digits}f}"
    return text if text.strip("+-0.") else text.lstrip("+-")


def with_digits(metric: Metric, digits: int) -> Metric:
    """The metric, written with so many decimals."""
    return metric if digits == metric.digits else metric.model_copy(update={"digits": digits})


def percent_digits(percent: float) -> int:
    """Decimals of a change in percent: one, none from a hundred on, and as many as show what is small but not nothing."""
    if abs(percent) >= 100:
        return 0
    return next((digits for digits in (1, 2, 3) if float(f"{percent:.{digits}f}")), 1)


def short(number: float, digits: int, signed: bool = False) -> str:
    """As `decimal`, for a narrow cell: an enormous number by its powers of ten."""
    if abs(number) < _ENORMOUS:
        return decimal(number, digits, signed)
    return f"{number:+.3g}" if signed else f"{number:.3g}"


def target_text(metric: Metric) -> str:
    """`, good at 0.01 or below` after a direction: where a value is as good as it need be; empty where no target is declared."""
    if metric.target is None or metric.direction is None:
        return ""
    return f", good at {metric.target:g} or {'above' if metric.direction == 'higher' else 'below'}"


def true_minus(text: str) -> str:
    """A number for people's eyes: a minus sign in place of the hyphen before it."""
    return "\u2212" + text[1:] if text.startswith("-") else text


def duration(seconds: float) -> str:
    """For people: `0.4 s`, `31 s`, `3 min 12 s`, `1 h 02 min`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def count(number: int) -> str:
    """Digits in groups of three, by thin spaces."""
    return f"{number:,}".replace(",", "\u202f")


def amount(usd: float) -> str:
    """Dollars to the cent; below ten cents the first two digits that are not 0, so that what is little is not shown as nothing."""
    return f"{usd:.2f}" if usd >= 0.1 or usd <= 0 else f"{usd:.2g}"


def dollars(usd: float) -> str:
    """The same with its sign, as terminal, page and reports show it: `$12.35`, `$0.012`."""
    return f"${amount(usd)}"
