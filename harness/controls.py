"""Controls: SAEs that learnt nothing, or half of it, to hold the trained one against.

    python -m harness.controls untrained --out_dir=run_0 --seed=0 [--scale=tiny]
    python -m harness.controls frozen_decoder --out_dir=run_0 --seed=0

`untrained`: the SAE as its training begins: random unit-norm decoder rows, the encoder tied to them, b_dec the mean of the pool;
where a threshold decides what is on, it is that of a few batches, so that as many latents are on as k says.
`frozen_decoder`: trained as ever but for its decoder, whose rows stay as they were drawn (the soft control of
arXiv 2602.14111). Both are made by the template's own experiment.py and take its flags; a run's edits are not seen here.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from harness.site import TRANSCODERS

TEMPLATE = Path(__file__).resolve().parents[1]
BATCHES = 20  # over which the threshold of an untrained transcoder is averaged


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("control", choices=CONTROLS)
    given, rest = parser.parse_known_args(argv)
    experiment = load_experiment(TEMPLATE)
    CONTROLS[given.control](experiment)
    sys.argv = ["experiment.py", *rest]
    experiment.main()


def load_experiment(folder: Path) -> ModuleType:
    """The template's experiment.py as a module of its own, which may be altered here and nowhere else."""
    spec = importlib.util.spec_from_file_location("controlled_experiment", folder / "experiment.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{folder / 'experiment.py'}: not there, so there is nothing to control")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def kind_of(experiment: ModuleType, settings: Any) -> Any:
    """What it trains: its own TopKSAE, or a transcoder where that is what --sae says; a control of other kinds is TopK."""
    return experiment.ARCHITECTURES[settings.sae] if settings.sae in TRANSCODERS else experiment.TopKSAE


def without_training(experiment: ModuleType) -> None:
    """Its `train` takes no step: the SAE is given back as it begins, its threshold, where it has one, that of BATCHES batches."""
    import torch

    def train(settings: Any, pool: Any) -> tuple[nn.Module, dict[str, float], dict[str, list[float]]]:
        torch.manual_seed(settings.seed)
        sae = kind_of(experiment, settings)(pool.d_in, settings, pool.mean.cpu()).to(pool.device)
        with torch.no_grad():
            for _ in range(BATCHES if hasattr(sae, "threshold") else 0):
                sae(
                    pool.draw(settings.batch_size)
                )  # at a threshold of 0 half of all latents would be on: no control of one at k
        return sae, {"steps": 0, "tokens": 0, "seconds": 0.0}, {"step": [], "loss": []}

    experiment.train = train  # type: ignore[attr-defined]


def with_a_frozen_decoder(experiment: ModuleType) -> None:
    """Its TopKSAE, or the transcoder, keeps the decoder rows that it drew; the rest is trained."""

    def frozen(trained: Any) -> Any:
        class FrozenDecoder(trained):
            def __init__(self, *given: Any) -> None:
                super().__init__(*given)
                self.W_dec.requires_grad_(False)

        return FrozenDecoder

    experiment.TopKSAE = frozen(experiment.TopKSAE)  # type: ignore[attr-defined]
    transcoders = {name: frozen(experiment.ARCHITECTURES[name]) for name in TRANSCODERS}
    experiment.ARCHITECTURES = {**experiment.ARCHITECTURES, **transcoders}  # type: ignore[attr-defined]


CONTROLS: dict[str, Callable[[ModuleType], None]] = {
    "untrained": without_training,
    "frozen_decoder": with_a_frozen_decoder,
}

if __name__ == "__main__":
    main()
