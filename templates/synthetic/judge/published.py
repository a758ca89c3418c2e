"""Scores of the benchmark as it is published: SAELens' own evaluation, on inputs that no run was trained on.

F1 is that of each latent against the feature that its decoder row is nearest to, mean over latents; MCC is the mean |cosine| of
decoder rows and features under the best one-to-one matching. They are not the small world's f1 and mcc (docs/synthetic.md).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, cast

import torch
from sae_lens.synthetic import SyntheticDataEvalResult, SyntheticModel, eval_sae_on_synthetic_data
from sae_lens.util import cosine_similarities
from torch import Tensor

from judge.benchmark import Stream, World
from judge.saved import SavedSAE
from judge.sizes import OWN_WORLD, PUBLISHED_K, PUBLISHED_WORLD, SCALES, Sizes

log = logging.getLogger(__name__)

BATCH = 4096
NAME = "SynthSAEBench-16k"
OWN_NOTE = "the world is drawn from a seed of this template, after the published configuration"
SETTINGS = {"batch_size": 1024, "lr": 3e-4}
"""Of training, as published; method and loss are free."""


class EncodedSAE:
    """A saved SAE as SAELens' evaluation calls it, on the world's device."""

    def __init__(self, saved: SavedSAE, device: str) -> None:
        self._named = {
            name: torch.as_tensor(getattr(saved, name), device=device) for name in SavedSAE.__dataclass_fields__
        }
        self.W_dec: Tensor = self._named["W_dec"]
        self._k = int(saved.k)

    def eval(self) -> EncodedSAE:
        return self

    def encode(self, x: Tensor) -> Tensor:
        """z [inputs, d_sae], by the formula of SavedSAE."""
        pre = (x - self._named["b_dec"]) @ self._named["W_enc"].T + self._named["b_enc"]
        z = torch.where(pre > self._named["threshold"], pre, 0)
        if 0 < self._k < pre.shape[1]:
            among = pre.topk(self._k, dim=1, sorted=False).indices
            z = torch.zeros_like(pre).scatter(1, among, z.gather(1, among))
        return z

    def decode(self, z: Tensor) -> Tensor:
        return z @ self.W_dec + self._named["b_dec"]


def judged(world: World, saved: SavedSAE, split: str, sizes: Sizes, config: Mapping[str, Any]) -> dict[str, Any]:
    """The scores as the contract wants them; `details.protocol` says whether they are the published benchmark's."""
    found, batch = evaluated(world, saved, split, sizes.heldout)
    d_sae = len(saved.W_dec)
    if found.dead_latents == d_sae:
        raise SystemExit(
            f"error: the SAE is dead: no latent is on for any of {sizes.heldout:,} held-out inputs, so its scores would say "
            "nothing; see that encoder, biases and thresholds let some latents be on"
        )
    of_latents = found.classification
    metrics = {
        "f1": of_latents.f1_score,
        "mcc": found.mcc,
        "precision": of_latents.precision,
        "recall": of_latents.recall,
        "uniqueness": found.uniqueness,
        "shrinkage": found.shrinkage,
        "dead_latents": found.dead_latents / d_sae,
        "explained_variance": found.explained_variance,
        "l0": found.sae_l0,
    }
    details = {
        "d_sae": d_sae,
        "k": int(saved.k),
        "most_l0": sizes.most_l0,
        "true_l0": found.true_l0,
        "accuracy": of_latents.accuracy,
        "scored_in_batches_of": batch,
        "protocol": protocol(sizes, config),
        "latents": nearest_features(world, saved),
    }
    return {
        "format": 1,
        "metrics": {name: {"mean": float(value), "spread": None, "n": 1} for name, value in metrics.items()},
        "details": details,
    }


def evaluated(world: World, saved: SavedSAE, split: str, heldout: int) -> tuple[SyntheticDataEvalResult, int]:
    """SAELens' evaluation and the batch that it took: halved, and begun anew on the same inputs, where memory gives out."""
    batch, sae = BATCH, EncodedSAE(saved, world.model.device)
    while True:
        try:
            return evaluate(world.model, sae, world.stream(split), heldout, batch), batch
        except (RuntimeError, MemoryError) as error:
            if not _out_of_memory(error) or batch == 1:
                raise
            log.warning("scoring: memory gave out with %d inputs at a time; it goes on with %d", batch, batch // 2)
        batch //= 2
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def evaluate(
    model: SyntheticModel, sae: EncodedSAE, stream: Stream, heldout: int, batch: int
) -> SyntheticDataEvalResult:
    """SAELens' evaluation of these inputs."""
    return eval_sae_on_synthetic_data(
        cast(Any, sae), model.feature_dict, cast(Any, stream), num_samples=heldout, batch_size=min(batch, heldout)
    )


def protocol(sizes: Sizes, config: Mapping[str, Any]) -> dict[str, Any]:
    """Whether a result follows the published benchmark, and where it does not, in words."""
    whole = SCALES[sizes.scale]
    wanted: dict[str, Any] = {"d_sae": whole.d_sae, **SETTINGS}
    differs = [
        f"{name} {config.get(name)} in place of {value}" for name, value in wanted.items() if config.get(name) != value
    ]
    trained = whole.samples // SETTINGS["batch_size"] * SETTINGS["batch_size"]
    if config.get("training_inputs") != trained:
        differs.append(f"{config.get('training_inputs')} training inputs in place of {trained}")
    if config.get("k") not in PUBLISHED_K:
        differs.append(f"k {config.get('k')}, of which nothing is reported")
    if sizes.heldout != whole.heldout:
        differs.append(f"scored on {sizes.heldout} inputs in place of {whole.heldout}")
    own = sizes.world == OWN_WORLD
    worlds = [OWN_NOTE if own else f"the world is {sizes.world}"] if sizes.world != PUBLISHED_WORLD else []
    return {
        "name": NAME,
        "settings_as_published": not differs,
        "world_as_published": not worlds,
        "published_protocol": not differs and not worlds,
        "differs": [*differs, *worlds],
    }


def _out_of_memory(error: BaseException) -> bool:
    said = ("DefaultCPUAllocator: ", "CUBLAS_STATUS_ALLOC_FAILED", "CUDA out of memory")
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(word in str(error) for word in said)


@torch.no_grad()
def nearest_features(world: World, saved: SavedSAE) -> dict[str, list[float]]:
    """Of each latent: the |cosine| of its decoder row with the feature that is nearest to it, and how often that one fires."""
    rows = torch.as_tensor(saved.W_dec, device=world.model.device)
    nearest = cosine_similarities(rows, world.model.feature_dict.feature_vectors).abs().max(dim=1)
    frequency = world.model.activation_generator.firing_probabilities[nearest.indices]
    return {
        "cosine": [round(float(value), 4) for value in nearest.values],
        "frequency": [round(float(value), 5) for value in frequency],
    }
