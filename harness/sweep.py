"""A sweep over L0 as one run: an SAE for each k, and the frontier that their scores make.

The run's own SAE is the one of `settings.k`; those of the other k lie in `frontier/k_8/` … of its folder, each a run by itself,
trained one after the other. A process that hands out data goes on in its order; without one each begins with the same batches.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from harness.saved import save_run

FOLDER = "frontier"


def point_folder(run_dir: Path, k: int) -> Path:
    """Where the SAE of one k of a sweep lies, but for the run's own."""
    return run_dir / FOLDER / f"k_{k}"


def train_frontier(out_dir: Path, settings: Any, train: Callable[[Any], tuple[Any, Any, Any]], scale: Any) -> None:
    """Train and save the SAEs of the other k of `settings.l0_sweep`; nothing where there are none.

    `train` takes settings and gives the SAE, what was done and the loss curve, as experiment.py's does.
    """
    for k in settings.l0_sweep:
        if k == settings.k:
            continue
        own = replace(settings, k=k, l0_sweep=())
        sae, training, curve = train(own)
        config = {**asdict(own), "training_tokens": own.training_tokens}
        save_run(point_folder(out_dir, k), sae.saved().unscaled(scale), config, training, curve)


def heights(
    points: Sequence[tuple[float, Mapping[str, float]]], ks: Sequence[int], names: Sequence[str]
) -> dict[str, float]:
    """The mean height of the frontier over log₂ L0 from the smallest k of a sweep to the largest, by metric.

    A point is the L0 that was measured and its scores. Between points it is linear in log₂ L0; beyond the first and the last it is
    as high as there, so that every run is measured over the same range. It is the area under the frontier over the width of
    that range, and so in the metric's own unit. Metrics that a point lacks have none.
    """
    ordered = sorted(points, key=lambda point: point[0])
    at = np.log2([l0 for l0, _ in ordered])
    first, last = math.log2(min(ks)), math.log2(max(ks))
    corners = np.unique(np.clip([first, *at, last], first, last))
    found = {}
    for name in names:
        if all(name in scores for _, scores in ordered):
            values = np.interp(corners, at, [scores[name] for _, scores in ordered])
            found[name] = float(((values[1:] + values[:-1]) / 2 * np.diff(corners)).sum() / (last - first))
    return found
