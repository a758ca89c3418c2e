"""Solve the epidemic of judge/epidemic.py day by day, within its budget of evaluations, by Euler's method.

    x_{n+1} = x_n + h f(t_n, x_n)

Nothing is drawn at random: --seed is recorded and changes nothing.
By hand: `PYTHONPATH=. python experiment.py --out_dir=run_1`
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

from judge.epidemic import BUDGET, DAYS, START, Epidemic

METHOD = "euler"
STEPS_A_DAY = 4


def step(f: Epidemic, t: float, x: list[float], h: float) -> list[float]:
    """The state at t + h from the state x at t."""
    return [v + h * k for v, k in zip(x, f(t, x), strict=True)]


def solve(f: Epidemic) -> tuple[list[list[float]], int]:
    """The states [S, E, I, R] on day 0, 1, …, DAYS, and how many steps they took."""
    x, h, steps = list(START), 1.0 / STEPS_A_DAY, 0
    states = [x]
    for day in range(DAYS):
        for part in range(STEPS_A_DAY):
            x = step(f, day + part * h, x, h)
            steps += 1
        states.append(x)
    return states, steps


def main() -> None:
    parser = argparse.ArgumentParser(description="Solve the epidemic.")
    parser.add_argument("--out_dir", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    began = time.monotonic()
    f = Epidemic()
    states, steps = solve(f)
    training = {
        "steps": steps,
        "evaluations": f.evaluations,
        "days": len(states) - 1,
        "seconds": time.monotonic() - began,
        "curve": {"day": list(range(0, DAYS + 1, 3)), "infectious": [x[2] for x in states[::3]]},
    }
    config = {"method": METHOD, "steps_a_day": STEPS_A_DAY, "days": DAYS, "budget": BUDGET, "seed": args.seed}
    args.out_dir.mkdir(parents=True, exist_ok=True)
    (args.out_dir / "trajectory.json").write_text(json.dumps({"states": states}), encoding="utf-8")
    aside = args.out_dir / "final_info.json.tmp"
    info = {"format": 1, "config": config, "training": training, "metrics": {}}
    aside.write_text(json.dumps(info), encoding="utf-8")
    aside.replace(args.out_dir / "final_info.json")
    print(f"{steps} steps, {f.evaluations} of {BUDGET} evaluations")


if __name__ == "__main__":
    main()
