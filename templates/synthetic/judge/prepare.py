"""Put what is trained on into the cache: `python -m judge.prepare`; the benchmark's world with `--scale=synthsaebench_16k`."""

from __future__ import annotations

import argparse
import sys

import numpy as np

from judge.data import INPUTS, training_file
from judge.sizes import SMALL, add_sizes, chosen
from judge.world import load_world

TRAINING_STREAM = 1


def main() -> int:
    parser = argparse.ArgumentParser(description="Put what is trained on into the cache.")
    add_sizes(parser)
    try:
        sizes = chosen(parser.parse_args())
        if sizes.scale == SMALL:
            draw_training_inputs()
        else:
            from judge import benchmark  # imports SAELens, which takes seconds

            print(f"the world of {sizes.scale} in {benchmark.prepare(sizes.world)}")
    except (OSError, ValueError) as error:
        print("error: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


def draw_training_inputs() -> None:
    """The small world's training inputs, to their file."""
    world, path = load_world(), training_file()
    x = np.concatenate([world.activations(chunk) for chunk in world.draw(INPUTS, TRAINING_STREAM)])
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp.npy")
    np.save(aside, x.astype(np.float16))
    aside.replace(path)
    print(f"{len(x)} training inputs in {path}")


if __name__ == "__main__":
    sys.exit(main())
