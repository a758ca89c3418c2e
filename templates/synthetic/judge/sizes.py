"""The two scales: the small world, and the benchmark SynthSAEBench-16k. What a command takes of either, as flags.

`Sizes` are those of the published benchmark (Chanin & Garriga-Alonso 2026, arXiv 2602.14687; SAELens' page "SynthSAEBench"):
200 million inputs in batches of 1,024, 4,096 latents, k 25, a learning rate of 3e-4, scored on a million other inputs.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace

SMALL, BENCHMARK = "small", "synthsaebench_16k"
OWN_WORLD = "own"
"""A world that is drawn here from the hidden seed, after the benchmark's published configuration."""
PUBLISHED_WORLD = "decoderesearch/synth-sae-bench-16k-v1"
"""The benchmark's own world, on the hub: comparable with what others report, and its truth is public."""
SLACK = 1.1
"""How many times k latents may be on for a held-out input on average (a batch's budget is read with a threshold)."""


@dataclass(frozen=True)
class Sizes:
    """What is trained on and scored at a scale."""

    scale: str
    d_in: int
    d_sae: int
    k: int
    samples: int  # inputs to train on
    heldout: int  # other inputs to be scored on
    world: str

    @property
    def most_l0(self) -> float:
        """Latents that may be on for a held-out input on average."""
        return round(SLACK * self.k, 6)


SCALES = {
    SMALL: Sizes(SMALL, d_in=64, d_sae=128, k=5, samples=512_000, heldout=20_000, world=SMALL),
    BENCHMARK: Sizes(BENCHMARK, d_in=768, d_sae=4096, k=25, samples=200_000_000, heldout=1_000_000, world=OWN_WORLD),
}
PUBLISHED_K = (15, 20, 25, 30, 35, 40, 45)
"""Of the sweep that the benchmark's authors report."""


def add_sizes(parser: argparse.ArgumentParser) -> None:
    """The flags of a scale and its sizes, the same for every command of this template."""
    parser.add_argument("--scale", choices=SCALES, default=SMALL)
    parser.add_argument("--d_sae", type=_count, help="latents")
    parser.add_argument("--k", type=_count, help="latents on for each input")
    parser.add_argument("--samples", type=_count, help="inputs to train on, in whole batches")
    parser.add_argument("--heldout", type=_count, help="other inputs to be scored on")
    parser.add_argument("--world", help=f"{OWN_WORLD}, {PUBLISHED_WORLD}, or a folder as SAELens saves one")
    parser.add_argument("--lr", type=float, help="peak learning rate, of the experiment alone")


def chosen(given: argparse.Namespace) -> Sizes:
    """The scale's sizes with what was given in their place. Raises ValueError where they do not fit together."""
    named = {name: getattr(given, name) for name in ("d_sae", "k", "samples", "heldout", "world")}
    sizes = replace(SCALES[given.scale], **{name: value for name, value in named.items() if value is not None})
    if sizes.k > sizes.d_sae:
        raise ValueError(f"--k={sizes.k} is more than --d_sae={sizes.d_sae}: of so many latents no more can be on")
    if given.scale == SMALL and given.world:
        raise ValueError(
            f"--world={given.world}: the small world is the only one of its scale; take --scale={BENCHMARK}"
        )
    return sizes


def _count(text: str) -> int:
    count = int(text.replace("_", ""))
    if count < 1:
        raise argparse.ArgumentTypeError(f"{text}: give at least 1")
    return count
