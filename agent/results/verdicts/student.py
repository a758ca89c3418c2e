"""Student's t: quantiles for the bands of verdicts, and how large a difference a number of seeds can show.

The agent's environment has no scipy; what is here agrees with it (tests). Formulas: Abramowitz and Stegun, Handbook of
Mathematical Functions, 26.5.8 (the incomplete beta function as a continued fraction), 26.7.1 (Student's t), 26.7.9 (noncentral t).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from statistics import NormalDist

CONFIDENCE = 0.95
"""Of one look, two-sided: a difference that is none is called one in one case of twenty."""
POWER = 0.8
"""How often a difference that is there must be found, for seeds to be called enough for it."""
_TINY, _STEPS, _NORMAL = 1e-300, 10_000, NormalDist()


def tail(t: float, degrees: float) -> float:
    """P(T > t) of Student's t with so many degrees of freedom, which may be fractional, or infinite (the normal's)."""
    if math.isinf(degrees):
        return 0.5 * math.erfc(t / math.sqrt(2))
    beyond = 0.5 * _beta(degrees / (degrees + t * t), t * t / (degrees + t * t), degrees / 2, 0.5)
    return beyond if t >= 0 else 1 - beyond


@functools.lru_cache(maxsize=4096)
def quantile(probability: float, degrees: float) -> float:
    """The t below which Student's t lies with this probability: `quantile(0.975, 2)` is 4.303.

    Raises ValueError where the probability is not between 0 and 1, or there are no degrees of freedom.
    """
    if not 0 < probability < 1 or not degrees > 0:
        raise ValueError(f"no t has probability {probability} with {degrees} degrees of freedom")
    if probability < 0.5:
        return -quantile(1 - probability, degrees)
    if probability == 0.5:
        return 0.0
    if math.isinf(degrees):
        return _NORMAL.inv_cdf(probability)
    wanted, high = 1 - probability, 1.0
    while tail(high, degrees) > wanted:
        high *= 2
    return _root(lambda t: wanted - tail(t, degrees), lambda t: _density(t, degrees), high)


def two_sided(confidence: float, degrees: float) -> float:
    """The t beyond which, to either side, lies what `confidence` leaves: 4.303 at 0.95 with 2 degrees of freedom."""
    return quantile((1 + confidence) / 2, degrees)


def bonferroni(looks: int, confidence: float = CONFIDENCE) -> float:
    """The confidence that each of so many looks must have, so that all of them together have this one: 1 - (1 - c)/looks."""
    return 1 - (1 - confidence) / looks


def freedom(first: int, second: int) -> int:
    """Degrees of freedom between two means: those of both sides; a side of one seed has none."""
    return first + second - 2


def power(difference: float, first: int, second: int, confidence: float = CONFIDENCE) -> float:
    """How often a true difference, in standard deviations, is found between means of `first` and of `second` seeds.

    The pooled two-sample t-test; where one side is one seed this is the prediction interval of a verdict. Its statistic
    follows the noncentral t with the difference over √(1/first + 1/second). Raises ValueError where no side has a spread.
    """
    degrees = freedom(first, second)
    if min(first, second) < 1 or degrees < 1:
        raise ValueError(f"{first} and {second} seeds have no spread: one side needs at least 2")
    at, limit = difference / math.sqrt(1 / first + 1 / second), two_sided(confidence, degrees)
    return _noncentral_tail(limit, degrees, at) + _noncentral_tail(limit, degrees, -at)


@functools.lru_cache(maxsize=1024)
def detectable(first: int, second: int, confidence: float = CONFIDENCE) -> float:
    """The true difference, in standard deviations, that is found in four comparisons of five. Raises as `power`."""
    high = 1.0
    while power(high, first, second, confidence) < POWER:
        high *= 1.5
    low = 0.0
    while high - low > 1e-6 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if power(middle, first, second, confidence) < POWER else (low, middle)
    return high


def seeds_for(difference: float, most: int = 1000, confidence: float = CONFIDENCE) -> int | None:
    """Seeds that each of two sides needs for a true difference, in standard deviations, to be found in four comparisons of
    five; None where more than `most` would be."""
    if power(difference, most, most, confidence) < POWER:
        return None
    low, high = 1, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(difference, middle, middle, confidence) >= POWER else (middle, high)
    return high


def _root(rises: Callable[[float], float], slope: Callable[[float], float], high: float) -> float:
    """Where a rising function is 0 between 0 and `high`: Newton's steps, halving where one leaves what is left."""
    low, at = 0.0, high / 2
    for _ in range(200):
        value = rises(at)
        low, high = (low, at) if value > 0 else (at, high)
        step = slope(at)
        then = at - value / step if step > 0 else low
        then = then if low < then < high else (low + high) / 2
        if abs(then - at) <= 1e-15 * then:
            return then
        at = then
    return at


def _density(t: float, degrees: float) -> float:
    """Student's density at t."""
    half = degrees / 2
    scale = math.lgamma(half + 0.5) - math.lgamma(half) - 0.5 * math.log(degrees * math.pi)
    return math.exp(scale - (half + 0.5) * math.log1p(t * t / degrees))


def _beta(x: float, rest: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by the side whose continued fraction ends soon; `rest` is 1 - x,
    which x itself has lost where it is close to 1."""
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(rest)
    if x < (a + 1) / (a + b + 2):
        return math.exp(front) / (a * _fraction(x, a, b))
    return 1 - math.exp(front) / (b * _fraction(rest, b, a))


def _fraction(x: float, a: float, b: float) -> float:
    """The continued fraction 1 + d₁/(1 + d₂/(1 + …)) of I_x(a, b), evaluated from the front (Lentz)."""
    value, above, below = 1.0, 1.0, 0.0
    for place in range(1, _STEPS):
        m = place // 2
        if place % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        below = 1 / ((1 + term * below) or _TINY)
        above = (1 + term / above) or _TINY
        value *= above * below
        if abs(above * below - 1) < 1e-16:
            break
    return value


def _noncentral_tail(t: float, degrees: float, at: float) -> float:
    """P(T > t) of the noncentral t, t > 0: the normal's tail over the spread that χ² gives the noise, summed by Simpson."""
    half, parts = degrees / 2, 1200
    scale = math.log(2) + half * math.log(half) - math.lgamma(half)
    low, high = max(0.0, 1 - 9 / math.sqrt(degrees)), 1 + 9 / math.sqrt(degrees)
    width, total = (high - low) / parts, 0.0
    for place in range(parts + 1):
        ratio = low + place * width  # of the measured to the true standard deviation
        if ratio <= 0 and degrees > 1:
            continue
        weight = scale - half * ratio**2 + ((degrees - 1) * math.log(ratio) if degrees > 1 else 0.0)
        inside = math.exp(weight) * 0.5 * math.erfc((t * ratio - at) / math.sqrt(2))
        total += inside * (1 if place in (0, parts) else 4 if place % 2 else 2)
    return total * width / 3
