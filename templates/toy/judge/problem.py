"""The problem: minimise f(x) = ½ Σ a_i x_i² from noisy gradients. Its minimum is 0, at x = 0."""

from __future__ import annotations

import math
import random

DIMENSION = 20
NOISE = 0.3
"""Standard deviation of the noise on each part of a gradient."""
GRADIENTS = 2000
"""How many gradients a run may ask for: its budget."""

# a_i from 1 to 100, evenly spaced in their logarithm: the condition number is 100.
CURVATURE = [math.exp(math.log(100.0) * i / (DIMENSION - 1)) for i in range(DIMENSION)]
START = [1.0] * DIMENSION


def loss(x: list[float]) -> float:
    """f(x)."""
    return 0.5 * sum(a * v * v for a, v in zip(CURVATURE, x, strict=True))


def noisy_gradient(x: list[float], rng: random.Random) -> list[float]:
    """∇f(x) with normal noise of standard deviation NOISE on each part."""
    return [a * v + rng.gauss(0.0, NOISE) for a, v in zip(CURVATURE, x, strict=True)]
