"""Minimise the noisy quadratic of judge/problem.py with plain stochastic gradient descent.

    x_{t+1} = x_t − η g_t,   E[g_t] = ∇f(x_t)

By hand: `PYTHONPATH=. python experiment.py --out_dir=run_1`
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

from judge.problem import DIMENSION, GRADIENTS, NOISE, START, loss, noisy_gradient

LEARNING_RATE = 0.01
AVERAGE_FROM = 0.0


def minimise(seed: int) -> tuple[list[float], dict]:
    """The answer x, and the training record."""
    rng = random.Random(seed)
    x, steps, curve_step, curve_loss = list(START), 0, [], []
    mean, count = [0.0] * len(x), 0
    while steps < GRADIENTS:
        gradient = noisy_gradient(x, rng)
        x = [v - LEARNING_RATE * g for v, g in zip(x, gradient, strict=True)]
        if steps >= AVERAGE_FROM * GRADIENTS:
            count += 1
            mean = [m + (v - m) / count for m, v in zip(mean, x)]
        if steps % 100 == 0:
            curve_step.append(steps)
            curve_loss.append(loss(x))
        steps += 1
    record = {
        "steps": steps,
        "gradients": steps,
        "loss_first": loss(START),
        "loss_last": loss(x),
        "curve": {"step": curve_step, "loss": curve_loss},
    }
    return mean, record


def main() -> None:
    parser = argparse.ArgumentParser(description="Minimise the noisy quadratic.")
    parser.add_argument("--out_dir", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    began = time.monotonic()
    x, training = minimise(args.seed)
    training["seconds"] = time.monotonic() - began
    config = {
        "dimension": DIMENSION,
        "noise": NOISE,
        "gradients": GRADIENTS,
        "learning_rate": LEARNING_RATE,
        "average_from": AVERAGE_FROM, "seed": args.seed,
    }
    args.out_dir.mkdir(parents=True, exist_ok=True)
    (args.out_dir / "answer.json").write_text(json.dumps({"x": x}), encoding="utf-8")
    aside = args.out_dir / "final_info.json.tmp"
    info = {"format": 1, "config": config, "training": training, "metrics": {}}
    aside.write_text(json.dumps(info), encoding="utf-8")
    aside.replace(args.out_dir / "final_info.json")
    print(f"{training['steps']} steps, loss {training['loss_first']:.4g} to {training['loss_last']:.4g}")


if __name__ == "__main__":
    main()
