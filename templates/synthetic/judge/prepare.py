"""Draw the training activations into the cache: `python -m judge.prepare`."""

from __future__ import annotations

import numpy as np

from judge.data import INPUTS, training_file
from judge.world import load_world

TRAINING_STREAM = 1


def main() -> None:
    world, path = load_world(), training_file()
    x = np.concatenate([world.activations(chunk) for chunk in world.draw(INPUTS, TRAINING_STREAM)])
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".tmp.npy")
    np.save(aside, x.astype(np.float16))
    aside.replace(path)
    print(f"{len(x)} training inputs in {path}")


if __name__ == "__main__":
    main()
