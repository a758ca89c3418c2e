"""Noise and verdicts: what is not known is called that, and no more is claimed than the seeds allow."""

from __future__ import annotations

import math
from typing import get_args

import pytest

from agent.results.values import Value
from agent.results.verdict import MARKS, TONES, Word, half_width, improves, judge, noise_between
from agent.session.contract import Metric

HIGHER = Metric(direction="higher", description="")
LOWER = Metric(direction="lower", description="")
BASE = Value(1.0, 0.1, 3)
NOISE = 4.303 * 0.1 * math.sqrt(4 / 3)


def test_noise_against_the_baseline_is_the_prediction_interval_of_one_seed() -> None:
    """t(2) · s · sqrt(1 + 1/3) at three seeds; beyond 31 seeds the normal's 1.96."""
    assert half_width(0.1, 3) == pytest.approx(NOISE)
    assert half_width(0.1, 100) == pytest.approx(1.96 * 0.1 * math.sqrt(1.01))


def test_noise_between_two_runs_of_one_seed_each_is_wider() -> None:
    """t(2) · s · sqrt(2): neither of the two is as well known as the baseline's mean."""
    assert noise_between(0.1, 3, 1, 1) == pytest.approx(4.303 * 0.1 * math.sqrt(2))


def test_two_measurements_of_the_baseline_lie_closer_together() -> None:
    """t(2) · s · sqrt(2/3): both are means of three seeds."""
    assert noise_between(0.1, 3, 3, 3) == pytest.approx(4.303 * 0.1 * math.sqrt(2 / 3))


@pytest.mark.parametrize(("spread", "n"), [(None, 1), (None, 3), (0.1, 1), (0.0, 1), (0.1, 0)])
def test_noise_of_fewer_than_two_seeds_is_unknown(spread: float | None, n: int) -> None:
    """None, never zero."""
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


def test_what_is_not_known_is_a_word_of_its_own() -> None:
    """Unknown noise, unknown direction, a run that differs, a value that is missing: never better, never worse."""
    far, unknown = Value(100.0), Metric(direction=None, description="")
    assert judge(far, Value(1.0), None, HIGHER, alike=True).word == "noise unknown"
    assert judge(far, BASE, NOISE, unknown, alike=True).word == "direction unknown"
    assert judge(far, BASE, NOISE, HIGHER, alike=False).word == "not comparable"
    assert judge(None, BASE, NOISE, HIGHER, alike=True).word == "not measured"
    assert judge(far, None, None, HIGHER, alike=False).word == "not measured"
    assert not improves(1.0, unknown) and not improves(-1.0, unknown)


def test_a_metric_without_any_noise_still_rounds() -> None:
    """0.1 + 0.2 is within noise of 0.3 also where three seeds agreed to the last digit."""
    exact = Value(0.3, 0.0, 3)
    assert judge(Value(0.1 + 0.2), exact, half_width(0.0, 3), HIGHER, alike=True).word == "within noise"
    assert judge(Value(0.3001), exact, half_width(0.0, 3), HIGHER, alike=True).word == "better"


def test_every_word_has_its_mark_and_tone() -> None:
    """One alphabet and one map of colours, for all words."""
    assert set(MARKS) == set(TONES) == set(get_args(Word))
    assert {MARKS[word] for word in get_args(Word)} == {"+", "-", "=", "*", "?", ""}
