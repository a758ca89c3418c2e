"""What a plan needs and lacks: said before anything runs. Light: sae-bench is not imported, torch where a GPU is looked for."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from harness.errors import DeviceError, ModelError, TextError
from harness.evaluation.command.plan import Plan
from harness.read.corpus import WORDNET, identity, is_of_the_hub
from harness.read.hub import is_offline
from harness.read.kept_text import KIND as TEXT
from harness.read.kept_text import LEAVE_OUT, TextRequest, read_rows
from harness.read.lm import lacking_model, local_folder
from harness.scales import SCALES
from harness.store.cache import Cache


def missing(plan: Plan) -> list[str]:
    """What the evals of a plan need and lack, a sentence each that begins with the eval; empty where all is there."""
    whose = ", ".join(each.name for each in plan.evals)
    found = [f"{whose}: {what}" for what in (_at_full_scale(plan) if plan.form == "full" else _text(plan))]
    return found + [f"{each.name}: {what}" for each in plan.evals for what in each.missing(plan)]


def _at_full_scale(plan: Plan) -> list[str]:
    """The language model, a GPU, and the text; of a model that is not here no text can be counted."""
    model = _model(plan)
    return [*model, *_gpu(plan), *([] if model else _text(plan))]


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
        model=reads.model,
        layer=reads.layer,
        tokens=reads.heldout_tokens,
        split=plan.split,
        context=reads.context,
        dtype=reads.lm_dtype,
        dataset=reads.dataset,
        pool_tokens=reads.pool_tokens,
        site=reads.site,
    )
    wanted = {"activations": (activations.KIND, request.fields())}
    texts = {f"text of {name}": text for name, text in plan.texts().items() if plan.form == "full"}
    wanted |= {what: (TEXT, text.fields()) for what, text in texts.items()}
    cache = Cache()
    lacking = [what for what, (kind, fields) in wanted.items() if cache.find(kind, fields) is None]
    if not lacking:
        return []
    if not of_the_hub:
        return _too_short({"activations": request.text, **texts}, lacking)
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
    """A GPU with enough memory, where the scale asks for one; without it the evals of billions of parameters take days."""
    if not (needed := SCALES[plan.scale].gpu_bytes):
        return []
    import torch

    from harness.device import choose_device

    if plan.device == "cpu" or not torch.cuda.is_available():
        return [
            "there is no GPU to score on, and on a CPU the evals at full scale take days; LABLOOP_EVALS_ON_CPU=1 runs them all "
            "the same"
        ] * (os.environ.get("LABLOOP_EVALS_ON_CPU") != "1")
    try:
        device = choose_device(plan.device)
    except DeviceError as error:
        return [str(error)]
    total = torch.cuda.get_device_properties(device).total_memory
    known = plan.language_model == SCALES[plan.scale].model  # what another model takes is not known beforehand
    return [f"the GPU has {total / 1e9:.0f} GB of memory, {needed / 1e9:.0f} GB are needed"] * (
        known and total < needed
    )
