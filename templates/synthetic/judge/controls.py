"""Controls: an SAE that learnt nothing, and one whose decoder did not, to hold the trained one against.

    python -m judge.controls untrained --out_dir=run_0 --seed=0
    python -m judge.controls frozen_decoder --out_dir=run_0 --seed=0

`untrained`: the SAE as its training begins. `frozen_decoder`: trained as ever, but its decoder rows stay as they were
drawn. Both are made by the template's own experiment.py, which a run's edits do not reach.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

TEMPLATE = Path(__file__).resolve().parents[1]


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Make a control.", allow_abbrev=False)
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


def without_training(experiment: ModuleType) -> None:
    """Its `train` takes no step: the SAE is given back as it begins."""
    import torch

    def train(settings: Any, data: Any) -> tuple[Any, dict[str, Any]]:
        torch.manual_seed(settings.seed)
        sae = experiment.TopKSAE(settings, data.mean)
        with torch.no_grad():
            out = sae(data.draw(settings.batch_size))
            loss = (out.x - out.x_hat).pow(2).sum(1).mean().item()
        return sae, {"steps": 0, "inputs": 0, "loss_first": loss, "loss_last": loss, "curve": {"step": [], "loss": []}}

    experiment.train = train  # type: ignore[attr-defined]


def with_a_frozen_decoder(experiment: ModuleType) -> None:
    """Its TopKSAE keeps the decoder rows that it drew; the rest is trained."""
    trained: Any = experiment.TopKSAE

    class FrozenDecoderSAE(trained):  # type: ignore[misc]
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            self.W_dec.requires_grad_(False)

    experiment.TopKSAE = FrozenDecoderSAE  # type: ignore[attr-defined]


CONTROLS: dict[str, Callable[[ModuleType], None]] = {
    "untrained": without_training,
    "frozen_decoder": with_a_frozen_decoder,
}

if __name__ == "__main__":
    main()
