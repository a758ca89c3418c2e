"""A value is a finite measurement, and a number is written in one way."""

from __future__ import annotations

import math
from typing import Any

import pytest

from agent.results.values import Value, amount, count, decimal, dollars, duration, short, true_minus, values_of
from agent.session.run_info import RunInfo


@pytest.mark.parametrize(
    ("number", "digits", "plain", "signed"),
    [
        (0.8971, 3, "0.897", "+0.897"),
        (-0.5, 1, "-0.5", "-0.5"),
        (0.0, 2, "0.00", "0.00"),
        (-0.00004, 3, "0.000", "0.000"),
        (2e9, 0, "2000000000", "+2000000000"),
    ],
)
def test_a_number_has_its_digits_and_no_negative_zero(number: float, digits: int, plain: str, signed: str) -> None:
    """Whatever rounds to nothing has no sign at all, signed or not."""
    assert (decimal(number, digits), decimal(number, digits, signed=True)) == (plain, signed)


def test_a_narrow_cell_shows_an_enormous_number_by_its_powers_of_ten() -> None:
    """All others are written as everywhere."""
    assert [short(number, 2) for number in (1e300, -2e9, 3.14159)] == ["1e+300", "-2e+09", "3.14"]
    assert short(2e9, 2, signed=True) == "+2e+09" and short(-1e-9, 2, signed=True) == "0.00"


def test_a_true_minus_stands_only_before_the_number() -> None:
    """The exponent of `-1e-9` keeps its hyphen."""
    assert true_minus("-1e-09") == "\u22121e-09" and true_minus("+1.0") == "+1.0"


def test_what_is_no_finite_number_was_not_measured() -> None:
    """NaN and infinity, in the mean or in the spread, leave the metric out; they are not zero."""
    planted = {
        "good": {"mean": 1, "spread": 0.5, "n": 3},
        "once": {"mean": 2.0, "spread": None},
        "nan": {"mean": math.nan},
        "infinite": {"mean": math.inf},
        "spread": {"mean": 1.0, "spread": math.nan, "n": 3},
    }
    assert values_of(RunInfo({"metrics": planted})) == {"good": Value(1.0, 0.5, 3), "once": Value(2.0)}


@pytest.mark.parametrize(
    "entry", [None, "3.0", {}, {"mean": 10**400}, {"mean": None}, {"mean": "much"}, {"mean": 1.0, "n": "some"}]
)
def test_an_entry_that_is_none_is_named(entry: Any) -> None:
    """A damaged record is an error that names the metric, not a missing value."""
    with pytest.raises(ValueError, match="'mse'"):
        values_of(RunInfo({"metrics": {"mse": entry}}))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.6, "1 min 00 s"), (192, "3 min 12 s"), (3720, "1 h 02 min")],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    """Seconds, minutes and hours, without a sixtieth second."""
    assert duration(seconds) == text


def test_large_counts_are_grouped() -> None:
    """Digits in threes, by thin spaces."""
    assert (count(0), count(1234567)) == ("0", "1\u202f234\u202f567")


def test_a_little_money_is_not_shown_as_none() -> None:
    """To the cent from ten cents on, two digits below, and nothing is nothing."""
    assert [amount(usd) for usd in (0, 12.345, 0.1, 0.0123, 0.0001)] == ["0.00", "12.35", "0.10", "0.012", "0.0001"]
    assert dollars(0.0123) == "$0.012"
