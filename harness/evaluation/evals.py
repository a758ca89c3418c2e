"""Which evals there are, and what each needs: said before anything runs. Light: neither torch nor sae-bench is imported."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol

from harness.cache import Cache
from harness.corpus import WORDNET, identity, is_of_the_hub
from harness.errors import HarnessError, ModelError, TextError
from harness.evaluation.judging.judge import missing_for
from harness.evaluation.prepared import data_sets
from harness.hub import is_offline
from harness.kept_text import KIND as TEXT
from harness.kept_text import LEAVE_OUT, TextRequest, read_rows
from harness.lm import lacking_model, local_folder
from harness.scales import SCALES, Scale

DEFAULT = ("core", "absorption", "sparse_probing", "scr", "tpp")
ALL = (*DEFAULT, "autointerp", "unlearning", "ravel")
BIOS, REVIEWS = "LabHC/bias_in_bios", "canrager/amazon_reviews_mcauley_1and5"
# The hub's data sets that sae-bench reads for each eval at full scale; unlearning.py and ravel.py name their own.
DATA_SETS: dict[str, tuple[str, ...]] = {
    "sparse_probing": (BIOS, REVIEWS, data_sets.GITHUB, "fancyzhx/ag_news", data_sets.EUROPARL),
    "scr": (BIOS, REVIEWS),
    "tpp": (BIOS, REVIEWS),
}
CORE_ROWS = 512  # held-out texts of the run's own data set, for cross-entropy and KL at full scale
INTERPRETED_TOKENS = 2_000_000  # of the same, to find where latents are on, as sae-bench's autointerp has it
GPU_BYTES = 20e9  # gemma-2-2b in bfloat16 with an SAE of 16,384 latents, and the activations of a batch


class EvalsError(HarnessError):
    """An eval that is not known."""


@dataclass(frozen=True)
class Plan:
    """What is to be run, on what; what the run reads is the scale's own where nothing is said."""

    evals: tuple[str, ...] = DEFAULT
    scale: str = "tiny"
    model: str = ""
    judge: str = ""
    judge_url: str = ""
    data_dir: Path | None = None  # data sets as folders of the hub's names, instead of the cache's and the hub
    layer: int | None = None
    context: int | None = None
    dataset: str = ""
    lm_dtype: str = ""
    heldout_tokens: int | None = None

    @property
    def language_model(self) -> str:
        return self.reads.model

    @property
    def reads(self) -> Scale:
        """Which activations the run reads, and how many are held out."""
        scale = SCALES[self.scale]
        given = {name: getattr(self, name) for name in vars(scale) if getattr(self, name, None) is not None}
        return replace(scale, **{name: value for name, value in given.items() if value != ""})

    def texts(self) -> dict[str, TextRequest]:
        """The held-out texts that the evals read as they are at full scale, by eval."""
        found = {"core": core_text(self.reads), "autointerp": interpreted_text(self.reads)}
        return {name: text for name, text in found.items() if name in self.evals}

    def data_sets(self) -> tuple[str, ...]:
        """The hub's data sets that the evals read at full scale."""
        return tuple(dict.fromkeys(name for each in self.evals for name in data_sets_of(each)))


class Reads(Protocol):
    """What says which text is read: a Scale, or a Submission."""

    @property
    def model(self) -> str: ...
    @property
    def dataset(self) -> str: ...
    @property
    def context(self) -> int: ...


def core_text(of: Reads, rows: int = CORE_ROWS) -> TextRequest:
    """The held-out texts that core reads at full scale."""
    return TextRequest(of.model, of.dataset, rows * (of.context - 1), "heldout", of.context, seed=1)


def interpreted_text(of: Reads, tokens: int = INTERPRETED_TOKENS) -> TextRequest:
    """The held-out texts that autointerp reads."""
    return TextRequest(of.model, of.dataset, tokens, "heldout", of.context, seed=2)


def data_sets_of(name: str) -> tuple[str, ...]:
    """The hub's data sets that one eval reads at full scale."""
    if name in OWN_CHECKS:
        own: tuple[str, ...] = import_module(f"harness.evaluation.measures.{name}").DATA_SETS
        return own
    return DATA_SETS.get(name, ())


def choose(text: str) -> tuple[str, ...]:
    """The evals of a comma list, `default` or `all`, in the order in which they are run. Raises EvalsError."""
    named = {name.strip() for name in text.split(",") if name.strip()}
    if "all" in named:
        return ALL
    if "default" in named:
        named = named - {"default"} | set(DEFAULT)
    if unknown := sorted(named - set(ALL)):
        raise EvalsError(f"no such eval: {', '.join(unknown)}. There are: {', '.join(ALL)}; or default, or all")
    if not named:
        raise EvalsError(f"no eval is named. There are: {', '.join(ALL)}; or default, or all")
    return tuple(name for name in ALL if name in named)


def missing(plan: Plan) -> list[str]:
    """What the evals of a plan need and lack, a sentence each that begins with the eval; empty where all is there."""
    found: list[str] = []
    if plan.scale == "full":
        own_text = [] if (model := _model(plan)) else _text(plan)
        found += [f"{', '.join(plan.evals)}: {what}" for what in (*model, *_gpu(plan), *own_text)]
    else:
        found += [f"{', '.join(plan.evals)}: {what}" for what in _text(plan)]
    for name in plan.evals:
        if name == "autointerp":
            found += [f"autointerp: {what}" for what in missing_for(plan.judge, plan.judge_url)]
        if plan.scale == "full":
            found += [
                f"{name}: {what}" for each in DATA_SETS.get(name, ()) for what in data_sets.missing(each, plan.data_dir)
            ]
        if (own := OWN_CHECKS.get(name)) is not None:
            found += [f"{name}: {what}" for what in own(plan)]
    return found


def _model(plan: Plan) -> list[str]:
    lacking = lacking_model(plan.language_model)
    return [lacking] if lacking else []


def _text(plan: Plan) -> list[str]:
    """The run's own held-out text and its activations, where they are not in the cache.

    A file or folder must hold as many tokens as are read; of the hub, all must be in the cache where it cannot be asked.
    """
    reads = plan.reads
    if reads.dataset == WORDNET:
        return []
    try:
        identity(reads.dataset)
    except TextError as error:
        return [str(error)]
    of_the_hub = is_of_the_hub(reads.dataset)
    if (of_the_hub and not is_offline()) or local_folder(reads.model) is None:
        return []
    from harness import activations

    request = activations.Request(
        reads.model, reads.layer, reads.heldout_tokens, "heldout", reads.context, 0, reads.lm_dtype, reads.dataset
    )
    wanted = {"activations": (activations.KIND, request.fields())}
    texts = {f"text of {name}": text for name, text in plan.texts().items() if plan.scale == "full"}
    wanted |= {what: (TEXT, text.fields()) for what, text in texts.items()}
    cache = Cache()
    lacking = [what for what, (kind, fields) in wanted.items() if cache.find(kind, fields) is None]
    if not lacking:
        return []
    if not of_the_hub:
        read = TextRequest(reads.model, reads.dataset, reads.heldout_tokens, "heldout", reads.context)
        return _too_short({"activations": read, **texts}, lacking)
    return [
        f"the held-out {' and '.join(lacking)} ({reads.dataset} read by {reads.model}, layer {reads.layer}) are not in the "
        f"cache and HF_HUB_OFFLINE is set: run `python -m harness.prepare --scale {plan.scale}` with the run's own --model, --layer, "
        "--context, --dataset, --lm_dtype, --heldout_tokens and --evals where there is a network"
    ]


def _too_short(texts: Mapping[str, TextRequest], lacking: Sequence[str]) -> list[str]:
    """Of the texts that are lacking in the cache, the first that cannot be read to its end: read no further than that."""
    try:
        for what in lacking:
            read_rows(texts[what], "" if what == "activations" else LEAVE_OUT)
    except (TextError, ModelError) as error:
        return [str(error)]
    return []


def _gpu(plan: Plan) -> list[str]:
    """A GPU with enough memory; without one the evals of a model of billions of parameters take days."""
    import torch

    if not torch.cuda.is_available():
        return [
            "there is no GPU here, and on a CPU the evals at full scale take days; LABLOOP_EVALS_ON_CPU=1 runs them all "
            "the same"
        ] * (os.environ.get("LABLOOP_EVALS_ON_CPU") != "1")
    total = torch.cuda.get_device_properties(0).total_memory
    known = plan.language_model == SCALES[plan.scale].model  # what another model takes is not known beforehand
    return [f"the GPU has {total / 1e9:.0f} GB of memory, {GPU_BYTES / 1e9:.0f} GB are needed"] * (
        known and total < GPU_BYTES
    )


def _own(module: str) -> Callable[[Plan], Sequence[str]]:
    """The `missing(plan)` of an eval's own module."""

    def check(plan: Plan) -> Sequence[str]:
        found: Sequence[str] = import_module(f"harness.evaluation.measures.{module}").missing(plan)
        return found

    return check


OWN_CHECKS: dict[str, Callable[[Plan], Sequence[str]]] = {name: _own(name) for name in ("unlearning", "ravel")}
