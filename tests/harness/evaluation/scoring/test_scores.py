"""Metrics over repeats."""

from __future__ import annotations

import pytest

from harness.evaluation.scoring.scores import Value, over_repeats


def test_mean_and_spread_over_repeats() -> None:
    """Mean and sample standard deviation over repeats; one repeat has no spread."""
    found = over_repeats([{"a": 1.0}, {"a": 2.0}, {"a": 6.0}])["a"]
    assert (found.mean, found.n) == (3.0, 3)
    assert found.spread == pytest.approx(2.6457513)
    assert over_repeats([{"a": 1.0}])["a"] == Value(1.0, None, 1)
