"""Which evals there are, and what each needs: said before anything runs. Light: neither torch nor sae-bench is imported."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import HarnessError, ModelError
from harness.evaluation import data_sets
from harness.evaluation.judge import missing_for
from harness.lm import model_folder
from harness.scales import SCALES

DEFAULT = ("core", "absorption", "sparse_probing", "scr", "tpp")
ALL = (*DEFAULT, "autointerp", "unlearning", "ravel")
BIOS, REVIEWS = "LabHC/bias_in_bios", "canrager/amazon_reviews_mcauley_1and5"
# The hub's data sets that sae-bench reads for each eval at full scale.
DATA_SETS: dict[str, tuple[str, ...]] = {
    "sparse_probing": (BIOS, REVIEWS, "codeparrot/github-code", "fancyzhx/ag_news", "Helsinki-NLP/europarl"),
    "scr": (BIOS, REVIEWS),
    "tpp": (BIOS, REVIEWS),
}
GPU_BYTES = 20e9  # gemma-2-2b in bfloat16 with an SAE of 16,384 latents, and the activations of a batch


class EvalsError(HarnessError):
    """An eval that is not known."""


@dataclass(frozen=True)
class Plan:
    """What is to be run."""

    evals: tuple[str, ...] = DEFAULT
    scale: str = "tiny"
    model: str = ""  # the scale's own where empty
    judge: str = ""
    judge_url: str = ""
    data_dir: Path | None = None  # data sets as folders of the hub's names, instead of the hub

    @property
    def language_model(self) -> str:
        return self.model or SCALES[self.scale].model


def choose(text: str) -> tuple[str, ...]:
    """The evals of a comma list, `default` or `all`, in the order in which they are run. Raises EvalsError."""
    named = {name.strip() for name in text.split(",") if name.strip()}
    if "all" in named:
        return ALL
    if "default" in named:
        named = named - {"default"} | set(DEFAULT)
    if unknown := sorted(named - set(ALL)):
        raise EvalsError(
            f"no such eval: {', '.join(unknown)}. There are: {', '.join(ALL)}; or default, or all"
        )
    if not named:
        raise EvalsError(f"no eval is named. There are: {', '.join(ALL)}; or default, or all")
    return tuple(name for name in ALL if name in named)


def missing(plan: Plan) -> list[str]:
    """What the evals of a plan need and lack, a sentence each that begins with the eval; empty where all is there."""
    found: list[str] = []
    if plan.scale == "full":
        found += [f"{', '.join(plan.evals)}: {what}" for what in (*_model(plan), *_gpu())]
    for name in plan.evals:
        if name == "autointerp":
            found += [f"autointerp: {what}" for what in missing_for(plan.judge, plan.judge_url)]
        if plan.scale == "full":
            found += [
                f"{name}: {what}"
                for each in DATA_SETS.get(name, ())
                for what in data_sets.missing(each, plan.data_dir)
            ]
        if (own := OWN_CHECKS.get(name)) is not None:
            found += [f"{name}: {what}" for what in own(plan)]
    return found


def _model(plan: Plan) -> list[str]:
    try:
        model_folder(plan.language_model)
    except ModelError as error:
        return [str(error)]
    return []


def _gpu() -> list[str]:
    """A GPU with enough memory; without one the evals of a model of billions of parameters take days."""
    import torch

    if not torch.cuda.is_available():
        return [
            "there is no GPU here, and on a CPU the evals at full scale take days; LABLOOP_EVALS_ON_CPU=1 runs them all "
            "the same"
        ] * (os.environ.get("LABLOOP_EVALS_ON_CPU") != "1")
    total = torch.cuda.get_device_properties(0).total_memory
    return [f"the GPU has {total / 1e9:.0f} GB of memory, {GPU_BYTES / 1e9:.0f} GB are needed"] * (
        total < GPU_BYTES
    )


def _own(module: str) -> Callable[[Plan], Sequence[str]]:
    """The `missing(plan)` of an eval's own module."""

    def check(plan: Plan) -> Sequence[str]:
        from importlib import import_module

        found: Sequence[str] = import_module(f"harness.evaluation.{module}").missing(plan)
        return found

    return check


OWN_CHECKS: dict[str, Callable[[Plan], Sequence[str]]] = {
    name: _own(name) for name in ("unlearning", "ravel")
}
