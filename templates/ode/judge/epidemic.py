"""The epidemic: SEIR with a season and a lockdown. Shares of the population, time in days.

dS/dt = −β(t) S I      dE/dt = β(t) S I − σ E      dI/dt = σ E − γ I      dR/dt = γ I
β(t) = B0 (1 + A cos(2π t / 365)), times LOCKDOWN from day FROM to day TO
"""

from __future__ import annotations

import math

DAYS = 300
BUDGET = 1200
"""How often a solver may ask for the derivative: four times a day."""

B0, A = 0.45, 0.2
SIGMA, GAMMA = 1 / 5, 1 / 7
LOCKDOWN, FROM, TO = 0.35, 70.0, 115.0
START = [1.0 - 2e-4, 1e-4, 1e-4, 0.0]
"""S, E, I, R on day 0."""


def derivative(t: float, x: list[float]) -> list[float]:
    """dx/dt of x = [S, E, I, R] on day t; it jumps on the days FROM and TO."""
    s, e, i, _ = x
    rate = B0 * (1.0 + A * math.cos(2.0 * math.pi * t / 365.0)) * (LOCKDOWN if FROM <= t < TO else 1.0)
    infected, ill, well = rate * s * i, SIGMA * e, GAMMA * i
    return [-infected, infected - ill, ill - well, well]


class Epidemic:
    """The derivative, counted: what a solver asks."""

    def __init__(self) -> None:
        self.evaluations = 0

    def __call__(self, t: float, x: list[float]) -> list[float]:
        """The derivative. Raises RuntimeError where the budget is spent."""
        if self.evaluations >= BUDGET:
            raise RuntimeError(
                f"all {BUDGET} evaluations are spent on day {t:.1f} of {DAYS}: take fewer, or longer, steps"
            )
        self.evaluations += 1
        return derivative(t, x)
