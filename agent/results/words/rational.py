"""Numbers that were written as a fraction: 1/3 is told as such, and not as 0.333333."""

from __future__ import annotations

from fractions import Fraction

_LARGEST = 64
"""Numerator and denominator at most; beyond it every float is some fraction."""
_LEAST_DIGITS = 12
"""A shorter decimal is how the number was written."""


def rational_text(value: float) -> str:
    """`1/3`, where the float is exactly this fraction and no short decimal; empty where it is not."""
    found = Fraction(value).limit_denominator(_LARGEST)
    long = len(repr(abs(value)).partition("e")[0].replace(".", "").lstrip("0")) >= _LEAST_DIGITS
    small = abs(found.numerator) <= _LARGEST and found.denominator > 1
    return f"{found.numerator}/{found.denominator}" if long and small and float(found) == value else ""
