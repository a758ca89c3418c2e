"""A session's folder as the harness reads it: runs with a curve and scores."""

from __future__ import annotations

import json
from pathlib import Path

CURVE = {
    "step": [0, 10],
    "loss": [0.75, 0.5],
    "reconstruction": [0.5, 0.25],
    "aux_k": [0.0, 0.125],
    "orthogonality": [0.25, 0.125],
    "mse": [64.0, 32.0],
    "l0": [16.0, 15.5],
    "dead": [0, 3],
    "lr": [0.001, 0.01],
}


OF_LANGUAGE_MODEL = {"model": "labloop-gemma2-tiny", "layer": 2, "context": 128}


def session(folder: Path, count: int = 2) -> Path:
    for number in range(count):
        info = {
            "format": 1,
            "config": {**OF_LANGUAGE_MODEL, "batch_size": 100, "k": 16},
            "training": {"curve": CURVE},
            "metrics": {
                "explained_variance": {"mean": 0.875, "spread": None, "n": 1},
                "probing_top_5": {"mean": 0.75, "spread": None, "n": 1},
                "absorption_fraction": {"mean": None, "spread": None, "n": 1},
            },
        }
        (folder / f"run_{number}").mkdir(parents=True)
        (folder / f"run_{number}" / "final_info.json").write_text(json.dumps(info))
    (folder / "titles.json").write_text(json.dumps({"run_1": "Static penalty"}))
    return folder
