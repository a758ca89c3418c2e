"""What a scale asks of disk, memory and time, phase by phase, before anything is fetched: arithmetic on sizes and stated rates.

A product of matrices [n, a] × [a, b] is 2nab operations; a language model's pass over a token is twice the parameters of the
blocks that it goes through, and attention over half a text. docs/scales.md says what the rates are taken from. Light: torch
is not imported.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.read.shape import Shape, shape_of
from harness.scales import Scale
from harness.site import MLP

SAMPLE_TOKENS = 100_000  # harness/activations.py
IN_MEMORY_BYTES = 4e9  # harness/pool.py
STREAMED_BYTES = 2e9  # two groups of rows that are shuffled
TEXT_BYTES = 4.5  # of a token, as it is fetched
CHECK_EVERY = 10  # one document in ten is held out
CORE_PASSES = 6  # clean, ablated and reconstructed, each for cross-entropy and KL
CORE_TOKENS = 512 * 128
PROMPT_TOKENS = 88  # of an absorption prompt
WORDS = 0.7  # of a vocabulary, that are letters alone
# Tokens of the hub's texts that an eval reads up to the layer, by sae-bench's and sae-probes' own sizes.
READ_BY = {
    "sparse_probing": 11_520_000,
    "scr": 15_360_000,
    "tpp": 3_190_000,
    "sae_probes": 11_000_000,
    "autointerp": 2_000_000,
}
KEPT_BY = ("sparse_probing", "scr", "tpp")  # whose activations are kept where they are a fifth of the cache at most
KEPT_PART = 0.2


@dataclass(frozen=True)
class Rates:
    """What a machine does in a second; `cpu` is for one core."""

    name: str
    reads: float  # operations of a language model
    products: float  # operations of large products of matrices
    memory: float  # bytes
    network: float = 10e6  # bytes, of what is fetched


CORE = Rates("CPU core", reads=30e9, products=60e9, memory=6e9)
GPU = Rates("GPU", reads=30e12, products=60e12, memory=1e12)


def rates(gpu: bool, cores: int) -> Rates:
    """Those of a GPU, or of so many cores."""
    if gpu:
        return GPU
    named = f"{cores} CPU core{'s' * (cores > 1)}"
    return Rates(named, cores * CORE.reads, cores * CORE.products, cores * CORE.memory)


def own_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Phase:
    """A part of the work: seconds, bytes on the disk that stay, bytes of memory (a GPU's where it runs there)."""

    name: str
    seconds: float
    disk: float = 0
    memory: float = 0


def fetching(scale: Scale, shape: Shape, speed: Rates) -> Phase:
    """The model and as much text as is read; what an eval's own data sets take is not reckoned."""
    tokens = scale.pool_tokens + CHECK_EVERY * (scale.heldout_tokens + CORE_TOKENS)
    text = TEXT_BYTES * tokens if scale.on_the_hub else 0
    kept = 4 * (CORE_TOKENS + (scale.pool_tokens if scale.buffer_tokens else 0)) if scale.on_the_hub else 0
    return Phase("fetch", (shape.file_bytes + text) / speed.network, shape.file_bytes + kept)


def reading(scale: Scale, shape: Shape, speed: Rates) -> Phase:
    """The activations of both splits, to the disk."""
    train = min(scale.pool_tokens, SAMPLE_TOKENS) if scale.buffer_tokens else scale.pool_tokens
    tokens = train + scale.heldout_tokens
    seconds = tokens * shape.operations(scale.layer, scale.context) / speed.reads
    return Phase("read", seconds, 2 * _width(scale, shape) * tokens, _loaded(scale, shape))


def training(scale: Scale, shape: Shape, speed: Rates) -> Phase:
    """One SAE, or one for each k of a sweep: the encoder's product, sparse decoding and its gradients, the optimiser's passes over
    both matrices."""
    d_in, batch, points = shape.d_model, scale.batch_size, max(1, len(scale.l0_sweep))
    step = 2 * batch * d_in * scale.d_sae / speed.products
    step += (48 * d_in * scale.d_sae + 12 * batch * scale.k * d_in) / speed.memory
    seconds = points * scale.steps * step
    pool = 4 * _width(scale, shape) * scale.pool_tokens
    memory: float = 4 * (2 * 4 * d_in * scale.d_sae) + 4 * batch * scale.d_sae
    if scale.buffer_tokens:
        seconds += points * scale.steps * batch * shape.operations(scale.layer, scale.context) / speed.reads
        memory += 3 * 2 * _width(scale, shape) * scale.buffer_tokens + _loaded(scale, shape)
    else:
        memory += pool if pool <= IN_MEMORY_BYTES else STREAMED_BYTES
    return Phase("train", seconds, points * 2 * 4 * d_in * scale.d_sae, memory)


def scoring(name: str, scale: Scale, shape: Shape, speed: Rates, repeats: int) -> Phase | None:
    """One eval of one SAE; None where it is not reckoned."""
    up_to, sae = shape.operations(scale.layer, scale.context), 4 * shape.d_model * scale.d_sae
    if name == "core":
        whole = CORE_PASSES * CORE_TOKENS * shape.whole(scale.context) / speed.reads
        seconds = whole + (2 * scale.heldout_tokens + 2 * CORE_TOKENS) * sae / speed.products
        seconds *= max(1, len(scale.l0_sweep))  # at every point of a sweep
    elif name == "absorption":
        tokens = (1 + repeats) * PROMPT_TOKENS * WORDS * shape.vocabulary
        seconds = tokens * up_to / speed.reads + repeats * WORDS * shape.vocabulary * sae / speed.products
    elif name in READ_BY:
        seconds = READ_BY[name] * (up_to / speed.reads + sae / 2 / speed.products)
    else:
        return None
    memory = 2 * _loaded(scale, shape) + 2 * 4 * shape.d_model * scale.d_sae + 4 * 4096 * scale.d_sae
    return Phase(f"score {name}", seconds, 0, memory)


def _width(scale: Scale, shape: Shape) -> int:
    """Numbers of a row that is kept: a transcoder's is a pair."""
    return shape.d_model * (2 if scale.site == MLP else 1)


def _loaded(scale: Scale, shape: Shape) -> float:
    """The language model, and what 32 texts of it take."""
    size = 2 if scale.lm_dtype == "bfloat16" else 4
    return size * (shape.parameters + 32 * scale.context * (4 * shape.d_model + 2 * shape.d_mlp))


def estimate(scale: Scale, shape: Shape, evals: Sequence[str], speed: Rates, repeats: int) -> list[Phase]:
    """The phases of one run in order: what `prepare` does once, then one SAE trained and scored."""
    phases = [fetching(scale, shape, speed), reading(scale, shape, speed), training(scale, shape, speed)]
    if not scale.on_the_hub:
        return phases
    found = (scoring(name, scale, shape, speed, repeats) for name in evals)
    return phases + [phase for phase in found if phase is not None]


def cache_gb(scale: Scale, shape: Shape, evals: Sequence[str]) -> Mapping[str, float]:
    """What LABLOOP_CACHE_GB must be at least, in GB: for the activations, and for each eval whose own are then read once."""
    size = 2 if scale.lm_dtype == "bfloat16" else 4
    tokens = (
        min(scale.pool_tokens, SAMPLE_TOKENS) if scale.buffer_tokens else scale.pool_tokens
    ) + scale.heldout_tokens
    text = 4 * scale.pool_tokens if scale.buffer_tokens else 0
    kept = {name: READ_BY[name] * shape.d_model * size / KEPT_PART / 1e9 for name in KEPT_BY if name in evals}
    return {"activations": (2 * shape.d_model * tokens + text) / 1e9, **(kept if scale.on_the_hub else {})}


def told(scale: Scale, name: str, evals: Sequence[str], repeats: int, gpu: bool, cap_gb: float) -> list[str]:
    """The estimate in lines, for people."""
    shape = shape_of(scale.model)
    if shape is None:
        return [f"estimate: nothing is known of {scale.model} before it is here"]
    speed = rates(gpu, own_cores())
    phases = estimate(scale, shape, evals, speed, repeats)
    lines = [f"estimate for scale {name} on {speed.name}, within a factor of 2 or so (docs/scales.md):"]
    lines += [
        f"  {each.name:<20} {_time(each.seconds):>8}  disk {_size(each.disk):>8}  memory {_size(each.memory):>8}"
        for each in phases
    ]
    reckoned = {each.name.removeprefix("score ") for each in phases}
    if left_out := [each for each in evals if each not in reckoned and scale.on_the_hub]:
        lines.append(f"  not reckoned: {', '.join(left_out)}, and the data sets of evals")
    for what, needed in cache_gb(scale, shape, evals).items():
        if needed > cap_gb:
            why = "are kept" if what == "activations" else "are read once and kept, not anew for each SAE,"
            lines.append(f"  {what}: {why} where LABLOOP_CACHE_GB is at least {needed:.0f} (it is {cap_gb:.0f})")
    return lines


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.1f} h"


def _size(size: float) -> str:
    return "–" if not size else f"{size / 1e6:.0f} MB" if size < 1e9 else f"{size / 1e9:.1f} GB"
