"""Welch's interval: what is known of it elsewhere, and that unknown noise is not zero."""

from __future__ import annotations

import random

import pytest

from agent.results.verdicts.welch import interval, welch


def test_a_textbook_case_comes_out_as_elsewhere() -> None:
    """Two samples of unequal spread: scipy's ttest_ind(…, equal_var=False) gives the same degrees of freedom and interval."""
    first, second = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9], [27.1, 22.0, 20.8, 23.4, 23.4, 23.5]
    found = welch(first, second)
    assert found.difference == pytest.approx(-2.36667, abs=1e-5)
    assert found.degrees == pytest.approx(7.636562, abs=1e-4)
    assert found.half_width == pytest.approx(4.267179, abs=1e-4)


def test_the_same_spread_on_both_sides_is_students_own() -> None:
    """Equal spreads and sizes: n₁ + n₂ − 2 degrees of freedom, t(0.975; 4) = 2.776."""
    found = welch([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])
    assert found.degrees == pytest.approx(4)
    assert found.half_width == pytest.approx(2.7764 * (2 / 3) ** 0.5, abs=1e-3)


def test_more_looks_make_it_wider() -> None:
    """Five metrics that could be claimed: each has the quantile of 1 − 0.05/10, here 4.604 in place of 2.776."""
    one, five = welch([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]), welch([1.0, 2.0, 3.0], [2.0, 3.0, 4.0], looks=5)
    assert one.half_width is not None and five.half_width is not None
    assert five.half_width / one.half_width == pytest.approx(4.6041 / 2.7764, rel=1e-3)


@pytest.mark.parametrize(("first", "second"), [([1.0], [2.0, 3.0]), ([1.0, 1.0], [2.0, 2.0])])
def test_noise_that_was_not_measured_is_unknown(first: list[float], second: list[float]) -> None:
    """One value, or values that all are the same: no half-width, never one of zero."""
    assert welch(first, second).half_width is None


def test_one_side_without_spread_leaves_the_others() -> None:
    """A side that never varied adds nothing: the interval is that of the other side's mean."""
    found = welch([1.0, 2.0, 3.0], [2.0, 2.0, 2.0])
    assert found.degrees == pytest.approx(2) and found.half_width == pytest.approx(4.3027 * (1 / 3) ** 0.5, abs=1e-3)


def test_it_is_the_same_from_spreads_and_sizes() -> None:
    """Values kept as mean, spread and n give the interval of the values themselves."""
    first, second = [0.1, 0.4, 0.2, 0.3], [0.9, 0.1]
    whole = welch(first, second)
    assert interval(whole.difference, (0.129099, 4), (0.565685, 2)).half_width == pytest.approx(
        whole.half_width, rel=1e-4
    )


def test_samples_of_one_method_are_called_apart_one_time_in_twenty_at_most() -> None:
    """Pure noise, three seeds a side, whatever the two spreads: 95% hold, for one look and for four at once."""
    draw = random.Random(0)
    for looks, wide in [(1, 1.0), (1, 4.0), (4, 1.0)]:
        apart = 0
        for _ in range(600):
            tried = [
                welch([draw.gauss(0, 1) for _ in range(3)], [draw.gauss(0, wide) for _ in range(3)], looks)
                for _ in range(looks)
            ]
            apart += any(abs(one.difference) > (one.half_width or 0) for one in tried)
        assert apart / 600 < 0.07, (looks, wide)
