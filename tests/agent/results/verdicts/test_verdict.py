"""Noise and verdicts: what is not known is called that, and no more is claimed than the seeds allow."""

from __future__ import annotations

import math
from typing import get_args

import pytest

from agent.results.values import Value
from agent.results.verdicts.verdict import (
    MARKS,
    TONES,
    Word,
    digits_for,
    gain,
    half_width,
    improves,
    judge,
    noise_between,
)
from agent.session.template.contract import Metric

HIGHER = Metric(direction="higher", description="")
LOWER = Metric(direction="lower", description="")
BASE = Value(1.0, 0.1, 3)
NOISE = 4.3026527 * 0.1 * math.sqrt(4 / 3)


def test_noise_against_the_baseline_is_the_prediction_interval_of_one_seed() -> None:
    """t(2) · s · sqrt(1 + 1/3) at three seeds; t(99) is close to the normal's 1.96."""
    assert half_width(0.1, 3) == pytest.approx(NOISE)
    assert half_width(0.1, 100) == pytest.approx(1.984217 * 0.1 * math.sqrt(1.01))


def test_noise_between_two_runs_of_one_seed_each_is_wider() -> None:
    """t(2) · s · sqrt(2): neither of the two is as well known as the baseline's mean."""
    assert noise_between(0.1, 3, 1, 1) == pytest.approx(4.3026527 * 0.1 * math.sqrt(2))


def test_two_measurements_of_the_baseline_lie_closer_together() -> None:
    """t(2) · s · sqrt(2/3): both are means of three seeds."""
    assert noise_between(0.1, 3, 3, 3) == pytest.approx(4.3026527 * 0.1 * math.sqrt(2 / 3))


@pytest.mark.parametrize(("spread", "n"), [(None, 1), (None, 3), (0.1, 1), (0.0, 1), (0.1, 0), (0.0, 2), (0.0, 5)])
def test_noise_of_fewer_than_two_seeds_is_unknown(spread: float | None, n: int) -> None:
    """None, never zero; so is that of seeds that all gave the same."""
    assert half_width(spread, n) is None and noise_between(spread, n, 1, 1) is None


@pytest.mark.parametrize(
    ("mine", "metric", "word"),
    [
        (1.0 + 1.01 * NOISE, HIGHER, "better"),
        (1.0 + 1.01 * NOISE, LOWER, "worse"),
        (1.0 - 1.01 * NOISE, HIGHER, "worse"),
        (1.0 - 1.01 * NOISE, LOWER, "better"),
        (1.0 + 0.99 * NOISE, HIGHER, "within noise"),
        (1.0, LOWER, "within noise"),
    ],
)
def test_a_verdict_goes_by_the_metrics_own_direction(mine: float, metric: Metric, word: str) -> None:
    """Beyond the noise it is better or worse, by direction; else within noise."""
    assert judge(Value(mine), BASE, NOISE, metric, alike=True).word == word


def test_the_best_is_the_largest_gain() -> None:
    """Of two values the better one by the metric's direction; where none is known they stand as they are."""
    assert max((1.0, 2.0), key=lambda value: gain(value, HIGHER)) == 2.0
    assert max((1.0, 2.0), key=lambda value: gain(value, LOWER)) == 1.0
    assert gain(2.0, Metric(direction=None, description="")) == 2.0
    assert all(improves(delta, each) == (gain(delta, each) > 0) for delta in (-1.0, 0.5) for each in (HIGHER, LOWER))


def test_what_is_not_known_is_a_word_of_its_own() -> None:
    """Unknown noise, unknown direction, a run that differs, a value that is missing: never better, never worse."""
    far, unknown = Value(100.0), Metric(direction=None, description="")
    assert judge(far, Value(1.0), None, HIGHER, alike=True).word == "noise unknown"
    assert judge(far, BASE, NOISE, unknown, alike=True).word == "direction unknown"
    assert judge(far, BASE, NOISE, HIGHER, alike=False).word == "not comparable"
    assert judge(None, BASE, NOISE, HIGHER, alike=True).word == "not measured"
    assert judge(far, None, None, HIGHER, alike=False).word == "not measured"
    assert not improves(1.0, unknown) and not improves(-1.0, unknown)


def test_seeds_that_gave_the_same_measured_no_noise() -> None:
    """A value equal but for rounding is called equal; any other is not judged, however far away it is."""
    same = Value(0.3, 0.0, 3)
    assert judge(Value(0.1 + 0.2), same, half_width(0.0, 3), HIGHER, alike=True).word == "equal"
    for mine in (0.3001, 0.30000001, 100.0, 0.0):
        assert judge(Value(mine), same, half_width(0.0, 3), HIGHER, alike=True).word == "noise unknown"


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (Value(0.3, 0.0, 3), True),
        (Value(0.0, 0.0, 2), True),
        (Value(694.8455, 1e-13, 3), True),
        (Value(694.8455, 1e-3, 3), False),
        (Value(0.0, 1e-12, 3), False),
        (Value(0.3, 0.0, 1), False),
        (Value(0.3, None, 3), False),
    ],
)
def test_a_spread_below_rounding_is_none(value: Value, same: bool) -> None:
    """Sums in another order differ in the last digit; one repeat, or an unknown spread, says nothing about it."""
    assert value.all_same is same


@pytest.mark.parametrize(
    ("mine", "word"),
    [(0.3001, "better"), (0.2999, "worse"), (0.1 + 0.2, "equal"), (0.30003, "equal"), (0.29997, "equal")],
)
def test_without_chance_a_difference_is_exact(mine: float, word: str) -> None:
    """Where nothing is drawn at random, what can be seen at the metric's digits is a difference."""
    verdict = judge(Value(mine), Value(0.3, 0.0, 3), 0.0, HIGHER, alike=True, exact=True)
    assert (verdict.word, verdict.exact) == (word, True)


def test_a_difference_shown_as_nothing_is_never_better() -> None:
    """+0.0000 beyond a noise of 0.000005 is called equal, in either direction; one digit larger it counts."""
    base, noise = Value(9.9536, 1e-6, 3), half_width(1e-6, 3)
    for metric in (HIGHER, LOWER):
        assert judge(Value(9.95364), base, noise, metric, alike=True).word == "equal"
        assert judge(Value(9.95356), base, noise, metric, alike=True).word == "equal"
    assert judge(Value(9.9537), base, noise, HIGHER, alike=True).word == "better"


@pytest.mark.parametrize(
    ("delta", "noise", "digits"),
    [
        (0.00034, 0.00031, 5),
        (0.00034, 0.00026, 5),
        (0.0004, 0.0003, 4),
        (0.0003034, 0.0003031, 7),
        (0.00002, 0.00001, 4),
    ],
)
def test_a_difference_that_looks_like_its_noise_has_more_digits(delta: float, noise: float, digits: int) -> None:
    """+0.0003 beyond 0.0003 says nothing; +0.00034 beyond 0.00031 does. At most three digits more."""
    verdict = judge(Value(1.0 + delta), BASE, noise, HIGHER, alike=True)
    assert digits_for(verdict, HIGHER) == digits
    assert digits_for(judge(Value(1.0 - delta), BASE, noise, HIGHER, alike=True), HIGHER) == digits


def test_every_word_has_its_mark_and_tone() -> None:
    """One alphabet and one map of colours, for all words."""
    assert set(MARKS) == set(TONES) == set(get_args(Word))
    assert {MARKS[word] for word in get_args(Word)} == {"+", "-", "=", "*", "?", ""}
