"""The scores of a sweep over L0: core at each of its points, and the height of the frontier that they make."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from harness.evaluation.scoring.scores import Scores, Value
from harness.evaluation.submitted.submission import Submission, SubmissionError, load_submission
from harness.sweep import heights, point_folder

log = logging.getLogger(__name__)

HEIGHTS = {"explained_variance": "frontier_explained_variance", "ce_loss_score": "frontier_ce_loss_score"}
"""By the metric whose frontier it is, the name of its height."""
SAME = ("d_in", "d_sae", "model", "layer", "site", "context", "kind", "scale", "dataset", "lm_dtype", "pool_tokens")
"""What all points of a sweep share."""

Score = Callable[[Submission, Path], Mapping[str, Value]]
"""Core's metrics of the SAE that a folder holds."""


def swept(
    submission: Submission, run_dir: Path, own: Scores, score: Score, device: str
) -> tuple[dict[str, Value], dict[str, Any]]:
    """The heights of a run's frontier, and its points for the details; nothing of a run that is no sweep.

    `own` are the scores of the run's own SAE. Raises SubmissionError where the SAE of a point is missing, or is of another run.
    """
    if not submission.l0_sweep or "explained_variance" not in own.metrics:
        return {}, {}
    points: list[dict[str, Any]] = []
    for k in submission.l0_sweep:
        metrics = own.metrics if k == submission.k else score(*_point(submission, run_dir, k, device))
        known = {name: value.mean for name, value in metrics.items() if name in _OF_CORE}
        points.append({"k": k, "at": known["l0"], "metrics": known})
    height = heights([(point["at"], point["metrics"]) for point in points], submission.l0_sweep, [*HEIGHTS])
    named = {HEIGHTS[name]: Value(value, None, 1) for name, value in height.items()}
    return named, {"frontier": {"over": "l0", "one": "sparsity", "several": "sparsities", "points": points}}


_OF_CORE = (
    "explained_variance",
    "ce_loss_score",
    "kl_div_score",
    "mse",
    "cosine",
    "l0",
    "dead_latents",
    "decoder_cosine",
    "coactive_cosine",
    "coactivation_overlap",
)


def _point(submission: Submission, run_dir: Path, k: int, device: str) -> tuple[Submission, Path]:
    """The SAE of another k of the sweep, with its folder."""
    folder = point_folder(run_dir, k)
    found = load_submission(folder, device)
    if found.k != k:
        raise SubmissionError(f"{folder}: config.k is {found.k}, but it is the point of k {k} of the sweep")
    for name in SAME:
        if (mine := getattr(found, name)) != (theirs := getattr(submission, name)):
            raise SubmissionError(
                f"{folder}: {name} is {mine!r}, but the run's own is {theirs!r}: points of a sweep differ in k alone"
            )
    log.info("scoring the point of k %d of the sweep", k)
    return found, folder
