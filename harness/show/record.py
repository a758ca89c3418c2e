"""What a tracker is told of a run, under the names that SAELens' trainer logs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.show.runs import Run

# Names in training.curve → names that SAELens' SAETrainer logs. Other terms of the loss go to losses/NAME.
CURVE = {
    "loss": "losses/overall_loss",
    "mse": "losses/mse_loss",
    "aux_k": "losses/auxiliary_reconstruction_loss",
    "l1": "losses/l1_loss",
    "l0_penalty": "losses/l0_loss",
    "l0": "metrics/l0",
    "dead": "sparsity/dead_features",
    "lr": "details/current_learning_rate",
}
# Settings that harness.saved asks of every run that it writes: a run on the activations of a language model.
OF_LANGUAGE_MODEL = ("model", "layer", "context")
# Names in metrics → names in the result of SAELens' run_evals. Other metrics go to scores/NAME.
SCORES = {
    "explained_variance": "reconstruction_quality/explained_variance",
    "mse": "reconstruction_quality/mse",
    "cosine": "reconstruction_quality/cossim",
    "l0": "sparsity/l0",
    "ce_loss_score": "model_performance_preservation/ce_loss_score",
    "kl_div_score": "model_behavior_preservation/kl_div_score",
}


@dataclass(frozen=True)
class Record:
    """What a tracker is told about one run."""

    fingerprint: str  # of everything below; the tracker's id of the run
    name: str
    group: str  # the session
    config: Mapping[str, Any]
    history: Sequence[tuple[int, Mapping[str, float]]]  # (step, values)
    scores: Mapping[str, float]


def record_of(run: Run, session: str) -> Record:
    """A run under SAELens' names. A run that logged no steps has an empty history."""
    history = list(_history(run))
    scores = {
        SCORES.get(name, f"scores/{name}"): value.mean
        for name in run.info.get("metrics", {})
        if (value := run.metric(name))
    }
    config = {**run.info.get("config", {}), "title": run.title}
    content = json.dumps([session, run.name, config, history, scores], sort_keys=True)
    fingerprint = hashlib.sha256(content.encode()).hexdigest()[:16]
    name = "run_0 (baseline)" if run.is_baseline else f"{run.name}: {run.title}"
    return Record(fingerprint, name, session, config, history, scores)


def _history(run: Run) -> Iterator[tuple[int, dict[str, float]]]:
    curve = run.info.get("training", {}).get("curve", {})
    config = run.info.get("config", {})
    batch_size = config.get("batch_size")
    # Of these runs alone the term is the unexplained fraction; another template's may be the squared error itself.
    explains = "reconstruction" in curve and all(name in config for name in OF_LANGUAGE_MODEL)
    for at, step in enumerate(curve.get("step", [])):
        values = {
            CURVE.get(name, f"losses/{name}"): float(numbers[at])
            for name, numbers in curve.items()
            if name != "step" and at < len(numbers)
        }
        if explains and at < len(curve["reconstruction"]):
            values["metrics/explained_variance"] = 1 - float(curve["reconstruction"][at])
        if batch_size:
            values["details/n_training_samples"] = (int(step) + 1) * batch_size
        yield int(step), values
