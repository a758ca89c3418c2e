"""What a scale asks of time, disk and memory, phase by phase, before anything is made: arithmetic on sizes and stated rates.

docs/synthetic.md says which rates were measured, and on what. Light: neither torch nor SAELens is imported.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from judge.sizes import BENCHMARK, OWN_WORLD, Sizes

FEATURES, D_IN, BATCH = 16_384, 768, 1024
ORTHOGONAL_STEPS = 100
IMPORT_S = 10.0
GPU_LIST = "/proc/driver/nvidia/gpus"


@dataclass(frozen=True)
class Rates:
    """What a machine does in a second."""

    name: str
    drawn: float  # inputs of the benchmark, by SAELens' generator
    products: float  # operations of products of matrices
    memory: float  # bytes


CORE = Rates("CPU core", drawn=300, products=40e9, memory=6e9)  # measured
GPU = Rates("GPU", drawn=200e3, products=30e12, memory=1e12)  # reckoned from its memory, not measured


@dataclass(frozen=True)
class Phase:
    """A part of the work: seconds, bytes on the disk that stay, bytes of memory."""

    name: str
    seconds: float
    disk: float = 0
    memory: float = 0


def rates() -> Rates:
    """A GPU's where there is one, else those of the cores that this process may use."""
    if os.path.isdir(GPU_LIST) and os.listdir(GPU_LIST):
        return GPU
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Rates(f"{cores} CPU core{'s' * (cores > 1)}", CORE.drawn, cores * CORE.products, cores * CORE.memory)


def estimate(sizes: Sizes, speed: Rates) -> list[Phase]:
    """Prepare (once), one SAE trained, and scored: each with what its own processes take at most."""
    matrix, sampled = 4 * D_IN * sizes.d_sae, 12 * 4 * BATCH * FEATURES
    world = 4 * FEATURES * D_IN
    made = ORTHOGONAL_STEPS * (4 * D_IN * D_IN * FEATURES / speed.products + 20 * world / speed.memory)
    step = 12 * BATCH * D_IN * sizes.d_sae / speed.products + (24 * matrix + 40 * BATCH * sizes.d_sae) / speed.memory
    step = max(step, BATCH / speed.drawn)  # the next batch is drawn meanwhile
    scored = sizes.heldout * (1 / speed.drawn + (4 * D_IN * sizes.d_sae + 2 * FEATURES * D_IN) / speed.products)
    matched = 2 * sizes.d_sae * FEATURES * D_IN / speed.products + 2e-6 * sizes.d_sae * FEATURES  # the best one-to-one
    return [
        Phase("prepare (once)", IMPORT_S + made + 8 * BATCH / speed.drawn, world * 1.1, 6 * world + sampled),
        Phase("train", IMPORT_S + sizes.samples / BATCH * step, 2 * matrix, 10 * matrix + world + sampled),
        Phase("score", IMPORT_S + scored + matched, 0, 4 * sampled + 16 * sizes.d_sae * FEATURES),
    ]


def told(sizes: Sizes) -> list[str]:
    """The estimate in lines, for people."""
    if sizes.scale != BENCHMARK:
        return [f"estimate for scale {sizes.scale}: seconds to train and to score, 13 MB of disk, 1 GB of memory"]
    speed = rates()
    lines = [f"estimate for scale {sizes.scale} on {speed.name}, within a factor of 2 or so (docs/synthetic.md):"]
    return lines + [
        f"  {each.name:<15} {_time(each.seconds):>8}  disk {_size(each.disk):>8}  memory {_size(each.memory):>8}"
        for each in estimate(sizes, speed)
    ]


def lacking(sizes: Sizes) -> str:
    """What must be there before a session and is not; empty where nothing is. A world of one's own `prepare` makes without a network."""
    if sizes.scale != BENCHMARK or sizes.world == OWN_WORLD or os.path.isdir(sizes.world):
        return ""
    from judge.benchmark import world_folder

    folder = world_folder(sizes.world)
    if (folder / "mean.npy").is_file():
        return ""
    return f"{sizes.world}; `python -m judge.prepare --scale={BENCHMARK} --world={sizes.world}` fetches it, where there is a network"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"


def _size(size: float) -> str:
    return "–" if not size else f"{size / 1e6:.0f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"
