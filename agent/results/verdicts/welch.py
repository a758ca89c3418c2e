"""Two samples compared: Welch's interval of the difference of their means, whose spreads need not be the same."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from agent.results.verdicts.student import CONFIDENCE, bonferroni, two_sided


@dataclass(frozen=True)
class Interval:
    """The difference of two means (first − second) with the half-width of its interval; None where no spread is known."""

    difference: float
    half_width: float | None
    degrees: float = math.inf


def welch(first: Sequence[float], second: Sequence[float], looks: int = 1) -> Interval:
    """The interval of the difference of the means of two independent samples, 95% for all `looks` together.

    d ± t(1 − 0.05 / 2·looks; ν) · √(s₁²/n₁ + s₂²/n₂) with ν = (s₁²/n₁ + s₂²/n₂)² / ((s₁²/n₁)²/(n₁ − 1) + (s₂²/n₂)²/(n₂ − 1)):
    Welch, Biometrika 34 (1947), 28-35, with Satterthwaite's degrees of freedom; `looks` by Bonferroni. No half-width where
    a sample has fewer than two values, or where none of the values vary: unknown noise is not zero.
    """
    difference = statistics.fmean(first) - statistics.fmean(second)
    if min(len(first), len(second)) < 2:
        return Interval(difference, None)
    mine, theirs = ((statistics.stdev(sample), len(sample)) for sample in (first, second))
    return interval(difference, mine, theirs, bonferroni(looks))


def interval(
    difference: float, first: tuple[float, int], second: tuple[float, int], confidence: float = CONFIDENCE
) -> Interval:
    """The same from each sample's standard deviation and size, both at least two."""
    parts = [spread**2 / n for spread, n in (first, second)]
    if not sum(parts):
        return Interval(difference, None)
    below = sum(part**2 / (n - 1) for part, (_, n) in zip(parts, (first, second), strict=True))
    degrees = sum(parts) ** 2 / below if below else math.inf
    limit = two_sided(confidence, degrees)
    return Interval(difference, limit * math.sqrt(sum(parts)), degrees)
