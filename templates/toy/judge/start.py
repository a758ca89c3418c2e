"""The control: the starting point given as the answer, no step taken. `python -m judge.start --out_dir=run_0`"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from judge.problem import DIMENSION, GRADIENTS, NOISE, START, loss


def main() -> None:
    parser = argparse.ArgumentParser(description="Give the starting point as the answer.")
    parser.add_argument("--out_dir", type=Path, required=True)
    args = parser.parse_args()
    args.out_dir.mkdir(parents=True, exist_ok=True)
    (args.out_dir / "answer.json").write_text(json.dumps({"x": START}), encoding="utf-8")
    config = {"dimension": DIMENSION, "noise": NOISE, "gradients": GRADIENTS}
    training = {"steps": 0, "gradients": 0, "loss_first": loss(START), "loss_last": loss(START)}
    info = {"format": 1, "config": config, "training": training, "metrics": {}}
    (args.out_dir / "final_info.json").write_text(json.dumps(info), encoding="utf-8")


if __name__ == "__main__":
    main()
