"""Score an answer: `python -m judge --run_dir=run_1 --out=scores.json`. Runs after the experiment, in its own process."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

from judge.problem import DIMENSION, loss


def main() -> None:
    parser = argparse.ArgumentParser(description="Score the answer of a run.")
    parser.add_argument("--run_dir", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    x = json.loads((args.run_dir / "answer.json").read_text(encoding="utf-8"))["x"]
    if len(x) != DIMENSION or not all(isinstance(v, float) and math.isfinite(v) for v in x):
        raise ValueError(f"answer.json: x must be {DIMENSION} finite numbers")
    metrics = {
        "excess_loss": {"mean": loss(x), "spread": None, "n": 1},
        "distance": {"mean": math.sqrt(sum(v * v for v in x)), "spread": None, "n": 1},
    }
    args.out.write_text(json.dumps({"format": 1, "metrics": metrics, "details": {}}), encoding="utf-8")


if __name__ == "__main__":
    main()
