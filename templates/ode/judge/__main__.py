"""Score a solution: `python -m judge --run_dir=run_1 --out=scores.json`. Runs after the experiment, in its own process."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

from judge.epidemic import DAYS, FROM, START, TO, derivative

FINE = 40
"""Steps a day of the reference, which is exact to about 1e-11: no step crosses the days on which the derivative jumps."""
LOST = 1e-3
"""What a solver may lose or invent of the population."""
MOST_DIGITS = 10.0
"""More the reference cannot tell."""


def reference() -> list[list[float]]:
    """The states at the end of each day, by the classical Runge-Kutta method."""
    x, h, found = list(START), 1.0 / FINE, [list(START)]
    for n in range(DAYS * FINE):
        t, later = n / FINE, (n + 1) / FINE
        last = math.nextafter(later, t) if later in (FROM, TO) else later  # from the left of a jump
        k1 = derivative(t, x)
        k2 = derivative(t + h / 2, [v + h / 2 * k for v, k in zip(x, k1, strict=True)])
        k3 = derivative(t + h / 2, [v + h / 2 * k for v, k in zip(x, k2, strict=True)])
        k4 = derivative(last, [v + h * k for v, k in zip(x, k3, strict=True)])
        x = [v + h / 6 * (a + 2 * b + 2 * c + d) for v, a, b, c, d in zip(x, k1, k2, k3, k4, strict=True)]
        if (n + 1) % FINE == 0:
            found.append(x)
    return found


def checked(states: object) -> list[list[float]]:
    """The states of a solution. Raises ValueError where they are no solution at all."""
    if not isinstance(states, list) or len(states) != DAYS + 1:
        raise ValueError(f"trajectory.json: states must be {DAYS + 1} lists, day 0 to day {DAYS}")
    for day, x in enumerate(states):
        if not isinstance(x, list) or len(x) != 4 or not all(isinstance(v, float) and math.isfinite(v) for v in x):
            raise ValueError(f"trajectory.json: day {day}: must be four finite numbers S, E, I, R")
        if abs(sum(x) - 1.0) > LOST:
            raise ValueError(f"trajectory.json: day {day}: S + E + I + R is {sum(x):.6g} and not 1")
    return states


def peak_day(states: list[list[float]]) -> float:
    """The day on which most are infectious, between the days by a parabola through the highest three."""
    infectious = [x[2] for x in states]
    day = max(range(1, DAYS), key=infectious.__getitem__)
    before, top, after = infectious[day - 1 : day + 2]
    bend = before - 2 * top + after
    return day + (0.5 * (before - after) / bend if bend else 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description="Score the solution of a run.")
    parser.add_argument("--run_dir", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    states = checked(json.loads((args.run_dir / "trajectory.json").read_text(encoding="utf-8"))["states"])
    exact = reference()
    by_day = [max(abs(v - w) for v, w in zip(x, y, strict=True)) for x, y in zip(states, exact, strict=True)]
    digits = -math.log10(max(max(by_day), 10.0**-MOST_DIGITS))
    metrics = {
        "correct_digits": {"mean": digits, "spread": None, "n": 1},
        "peak_error": {"mean": abs(peak_day(states) - peak_day(exact)), "spread": None, "n": 1},
    }
    details = {"error_by_day": by_day, "peak_day": peak_day(exact)}
    args.out.write_text(json.dumps({"format": 1, "metrics": metrics, "details": details}), encoding="utf-8")


if __name__ == "__main__":
    main()
