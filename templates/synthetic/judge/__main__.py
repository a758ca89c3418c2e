"""Score a run on held-out inputs: `python -m judge --run_dir=run_1 --out=scores.json`. Runs after the experiment, in its own process.

`--split=confirm` draws other inputs of the same world, on which no run of a search is scored. `--check [--scale=…]` runs
nothing and says what a run asks of this machine, and what is lacking.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from judge.estimate import lacking, told
from judge.recovery import Recovery, recovery
from judge.saved import SavedSAE, load_sae
from judge.sizes import SCALES, SMALL, Sizes, add_sizes, chosen
from judge.world import Array, World, load_world

STREAMS = {"heldout": 2, "confirm": 3}  # 1 is training's


def main() -> int:
    parser = argparse.ArgumentParser(description="Score the SAE of a run against the true features.")
    parser.add_argument("--run_dir", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--split", choices=STREAMS, default="heldout")
    parser.add_argument("--check", action="store_true")
    add_sizes(parser)
    args = parser.parse_args()
    try:
        sizes = chosen(args)
        if args.check:
            return check(sizes)
        if not args.run_dir or not args.out:
            parser.error("give --run_dir and --out, or --check")
        scores = scored(args.run_dir, args.split, sizes)
    except (OSError, ValueError) as error:
        print("error: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    args.out.write_text(json.dumps(scores), encoding="utf-8")
    return 0


def check(sizes: Sizes) -> int:
    """Print the estimate, and what is lacking to stderr. Returns the exit code."""
    print("\n".join(told(sizes)))
    if missing := lacking(sizes):
        print(f"missing: {missing}", file=sys.stderr)
        return 3
    return 0


def scored(run_dir: Path, split: str, sizes: Sizes) -> dict[str, Any]:
    """The scores of a run at its scale. Raises FileNotFoundError or ValueError, each with the remedy."""
    sae = load_sae(run_dir / "sae.npz", sizes.d_in)
    if sizes.scale == SMALL:
        world = load_world()
        magnitudes = np.concatenate(list(world.draw(sizes.heldout, STREAMS[split])))
        return judged(world, magnitudes, sae, sizes.most_l0)
    from judge import benchmark, published  # imports SAELens, which takes seconds

    info = json.loads((run_dir / "final_info.json").read_text(encoding="utf-8"))
    return published.judged(benchmark.load_world(sizes.world), sae, split, sizes, info.get("config", {}))


def judged(world: World, magnitudes: Array, sae: SavedSAE, most_l0: float = SCALES[SMALL].most_l0) -> dict[str, Any]:
    """The scores as the contract wants them: metrics, and details for the figures."""
    x = world.activations(magnitudes)
    z = sae.encode(x)
    if not (z > 0).any():
        raise SystemExit(
            f"error: the SAE is dead: no latent is on for any of {len(z):,} held-out inputs, so its scores would say nothing; "
            "see that encoder, biases and thresholds let some latents be on"
        )
    found = recovery(world, magnitudes, z, sae.W_dec)
    left = ((x - sae.decode(z)) ** 2).sum() / ((x - x.mean(axis=0)) ** 2).sum()
    metrics = {
        "f1": found.f1.mean(),
        "mcc": found.correlation.mean(),
        "cosine": found.cosine.mean(),
        "absorption": found.absorbed[~np.isnan(found.absorbed)].mean(),
        "split_features": (found.latents_for > 1).sum(),
        "dead_latents": found.dead,
        "explained_variance": 1 - left,
        "l0": (z > 0).sum(axis=1).mean(),
    }
    return {
        "format": 1,
        "metrics": {name: {"mean": float(value), "spread": None, "n": 1} for name, value in metrics.items()},
        "details": {
            "d_sae": len(sae.W_dec),
            "k": int(sae.k),
            "most_l0": most_l0,
            "features": per_feature(world, found),
        },
    }


def per_feature(world: World, found: Recovery) -> dict[str, list[Any]]:
    """Each true feature's kind, frequency and scores, the most frequent first; `absorbed` is null but for children."""
    absorbed = np.full(len(world.frequency), np.nan)
    absorbed[world.parent >= 0] = found.absorbed
    kinds = np.where(world.parent >= 0, "child", "other").astype(object)
    kinds[np.unique(world.parent[world.parent >= 0])] = "parent"
    order = np.argsort(-world.frequency)
    return {
        "kind": kinds[order].tolist(),
        "frequency": [round(float(v), 5) for v in world.frequency[order]],
        "f1": [round(float(v), 4) for v in found.f1[order]],
        "correlation": [round(float(v), 4) for v in found.correlation[order]],
        "absorbed": [None if np.isnan(v) else round(float(v), 4) for v in absorbed[order]],
    }


if __name__ == "__main__":
    sys.exit(main())
