"""Score an answer: `python -m judge --run_dir=run_1 --out=scores.json`. Runs after the experiment, in its own process.

`--split=confirm` scores it on curvatures near the problem's own, drawn once, which no search is scored on.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from pathlib import Path

from judge.problem import CURVATURE, DIMENSION, loss

SPREAD = 0.05  # of a curvature's logarithm, where it is drawn anew


def main() -> None:
    parser = argparse.ArgumentParser(description="Score the answer of a run.")
    parser.add_argument("--run_dir", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--split", choices=("search", "confirm"), default="search")
    args = parser.parse_args()
    x = json.loads((args.run_dir / "answer.json").read_text(encoding="utf-8"))["x"]
    if len(x) != DIMENSION or not all(isinstance(v, float) and math.isfinite(v) for v in x):
        raise ValueError(f"answer.json: x must be {DIMENSION} finite numbers")
    metrics = {
        "excess_loss": {"mean": confirming_loss(x) if args.split == "confirm" else loss(x), "spread": None, "n": 1},
        "distance": {"mean": math.sqrt(sum(v * v for v in x)), "spread": None, "n": 1},
    }
    args.out.write_text(json.dumps({"format": 1, "metrics": metrics, "details": {}}), encoding="utf-8")


def confirming_loss(x: list[float]) -> float:
    """The loss with each curvature drawn anew near its own: nobody minimised this one."""
    rng = random.Random("confirm")
    drawn = [a * math.exp(rng.gauss(0.0, SPREAD)) for a in CURVATURE]
    return 0.5 * sum(a * v * v for a, v in zip(drawn, x, strict=True))


if __name__ == "__main__":
    main()
