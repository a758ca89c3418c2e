"""SynthSAEBench-16k: a world of 16,384 features in 768 dimensions, and inputs drawn from it by SAELens' own generator.

The configuration is the one from which its authors made the published world (their create_synth_bench_16k_model.py; the page
"SynthSAEBench" of SAELens has the same values): frequencies by Zipf's law, 128 trees of depth 3 whose siblings exclude each
other and whose children are scaled by their parents, correlations of rank 25, directions pushed apart.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import torch
from sae_lens.synthetic import (
    FeatureDictionary,
    FoldedNormalMagnitudeConfig,
    HierarchyConfig,
    LinearMagnitudeConfig,
    LowRankCorrelationConfig,
    OrthogonalizationConfig,
    SyntheticModel,
    SyntheticModelConfig,
    ZipfianFiringProbabilityConfig,
)
from torch import Tensor

from judge.cache import cache_folder
from judge.sizes import BENCHMARK, OWN_WORLD
from judge.world import SEED_FILE, Array

VERSION = 1
"""Raise it when the world or the order of its inputs changes, so that no old file is read."""
CHUNK = 1024
"""Inputs that are drawn at once, each chunk from a seed of its own: the order is the same in batches of any size."""
MEAN_OF = 8192
"""Inputs of a stream of their own, from which the mean is taken that an SAE may begin with."""
TRAINING, MEAN = "train", "mean"
_DRAWING = Lock()
"""Held by whichever stream draws: SAELens draws from the global random state, which two threads would take from each other."""


def configuration(seed: int, features: int = 16_384, d_in: int = 768, trees: int = 128) -> SyntheticModelConfig:
    """The published configuration, from another seed; smaller ones are for tests."""
    return SyntheticModelConfig(
        num_features=features,
        hidden_dim=d_in,
        firing_probability=ZipfianFiringProbabilityConfig(exponent=0.5, max_prob=0.4, min_prob=5e-4),
        hierarchy=HierarchyConfig(
            total_root_nodes=trees,
            branching_factor=4,
            max_depth=3,
            mutually_exclusive_portion=1.0,
            mutually_exclusive_min_depth=0,
            compensate_probabilities=True,
            scale_children_by_parent=True,
        ),
        orthogonalization=OrthogonalizationConfig(num_steps=100, lr=3e-4),
        correlation=LowRankCorrelationConfig(rank=25, correlation_scale=0.1),
        mean_firing_magnitudes=LinearMagnitudeConfig(start=5.0, end=4.0),
        std_firing_magnitudes=FoldedNormalMagnitudeConfig(mean=0.5, std=0.5),
        bias=0.5,
        seed=seed,
    )


def hidden_seed() -> str:
    """The template's hidden seed, as text. Raises OSError where it may not be read."""
    return SEED_FILE.read_text(encoding="ascii").strip()


def derived(*parts: object) -> int:
    """A seed (63 bits) that follows from all of these: who does not know one of them cannot draw again what it draws."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, parts)).encode()).digest()[:8], "big") >> 1


def make_world(config: SyntheticModelConfig, device: str = "cpu") -> SyntheticModel:
    """SAELens' model of a configuration, its directions pushed apart by `apart`: the same world in a hundredth of the time."""
    vectors = FeatureDictionary(
        config.num_features, config.hidden_dim, config.bias, initializer=None, device=device, seed=config.seed
    )
    if config.orthogonalization is not None:
        given = config.orthogonalization
        vectors.feature_vectors.data = apart(vectors.feature_vectors.data, given.num_steps, given.lr)
    return SyntheticModel(config, feature_dict=vectors, device=device)


def apart(rows: Tensor, steps: int, lr: float) -> Tensor:
    """Rows [features, d_in] pushed apart as sae_lens.synthetic.orthogonalize_embeddings does, to rounding.

    Its loss is Σ_{i≠j} (e_i·e_j)² + n Σ_i (‖e_i‖² − 1)², by Adam, and its gradient 4 (E EᵀE − diag(s) E) + 4 n diag(s − 1) E with
    s_i = ‖e_i‖²: products with EᵀE [d_in, d_in] in place of all pairs of features.
    """
    rows = torch.nn.functional.normalize(rows.detach(), dim=1).clone().requires_grad_(True)
    optimizer = torch.optim.Adam([rows], lr=lr)
    for _ in range(steps):
        with torch.no_grad():
            lengths = rows.pow(2).sum(1, keepdim=True)
            rows.grad = 4 * (rows @ (rows.T @ rows) - lengths * rows + len(rows) * (lengths - 1) * rows)
        optimizer.step()
    return torch.nn.functional.normalize(rows.detach(), dim=1)


class Stream:
    """Inputs in an order that the seed of the world, the stream's name and a seed decide; each is drawn once and kept nowhere.

    Drawing leaves the global random state as it was. `ahead`: the next chunk is drawn while this one is worked with, which is
    for a process that draws nothing but streams.
    """

    def __init__(self, world: SyntheticModel, *names: object, ahead: bool = False) -> None:
        self._world, self._names = world, names
        self._next = 0
        self._left: Sequence[Tensor] = ()
        self._drawing = ThreadPoolExecutor(1) if ahead else None
        self._soon: Future[Tensor] | None = None

    def sample(self, count: int) -> Tensor:
        """Magnitudes [count, features] of the next inputs, as SAELens' generators give them."""
        found = [*self._left]
        while sum(map(len, found)) < count:
            found.append(self._chunk())
        rows = torch.cat(found)
        self._left = [rows[count:]]
        return rows[:count]

    def _chunk(self) -> Tensor:
        if self._drawing is None:
            rows = self._drawn(self._next)
        else:
            rows = (self._soon or self._drawing.submit(self._drawn, self._next)).result()
            self._soon = self._drawing.submit(self._drawn, self._next + 1)
        self._next += 1
        return rows

    def _drawn(self, number: int) -> Tensor:
        device = torch.device(self._world.device)
        with (
            _DRAWING,
            torch.random.fork_rng(devices=[torch.cuda.current_device()] if device.type == "cuda" else []),
            torch.no_grad(),
        ):
            torch.manual_seed(derived(*self._names, number))
            return self._world.activation_generator.sample(CHUNK)


@torch.no_grad()
def activations(world: SyntheticModel, magnitudes: Tensor) -> Tensor:
    """x [count, d_in] of magnitudes [count, features]; a CPU multiplies what is not 0."""
    return world.feature_dict(magnitudes if magnitudes.is_cuda else magnitudes.to_sparse())


@dataclass(frozen=True)
class World:
    """A world on the disk, ready to be drawn from."""

    model: SyntheticModel
    mean: Array  # [d_in]
    hidden: str
    """The seed that its streams follow from."""

    def stream(self, *names: object, ahead: bool = False) -> Stream:
        return Stream(self.model, self.hidden, *names, ahead=ahead)


class Inputs:
    """Training inputs as the data process takes them: [count, d_in] float32, each drawn once."""

    distinct = None

    def __init__(self, world: World, seed: int, ahead: bool = False) -> None:
        self._world, self._stream = world, world.stream(TRAINING, seed, ahead=ahead)
        self.mean = world.mean
        self.d_in = len(world.mean)

    def take(self, count: int) -> Array:
        return np.asarray(activations(self._world.model, self._stream.sample(count)).cpu().numpy(), dtype=np.float32)


def world_folder(world: str) -> Path:
    """Where a world lies in the cache: one for each source, and one for each hidden seed."""
    source = hidden_seed() if world == OWN_WORLD else world
    return cache_folder() / f"{BENCHMARK}-{VERSION}-{hashlib.sha256(source.encode()).hexdigest()[:12]}"


def prepare(world: str, config: SyntheticModelConfig | None = None) -> Path:
    """Make this world's folder in the cache, or find it there. Raises OSError where a named one can neither be read nor fetched."""
    folder = world_folder(world)
    if (folder / "mean.npy").is_file():
        return folder
    if world == OWN_WORLD:
        model = make_world(config or configuration(derived(hidden_seed(), BENCHMARK) >> 32))
    else:
        model = SyntheticModel.load_from_source(world)
    aside = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    model.save(aside)
    rows = activations(model, Stream(model, hidden_seed(), MEAN).sample(MEAN_OF))
    np.save(aside / "mean.npy", rows.mean(0).numpy().astype(np.float32))
    try:
        os.rename(aside, folder)
    except OSError:
        if not (folder / "mean.npy").is_file():  # else another process was faster
            raise
    return folder


def load_world(world: str, device: str = "") -> World:
    """The world from the cache, on a GPU where there is one. Raises FileNotFoundError with the remedy where it is not there."""
    folder = world_folder(world)
    if not (folder / "mean.npy").is_file():
        raise FileNotFoundError(
            f"{folder}: missing; `python -m judge.prepare --scale={BENCHMARK} --world={world}` makes it"
        )
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    model: Any = SyntheticModel.load_from_disk(folder, device=device)
    return World(model, np.load(folder / "mean.npy", allow_pickle=False), hidden_seed())
