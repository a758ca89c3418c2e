"""Fill the cache with what every run reads: `python -m harness.prepare [--scale full]`.

Nothing to do takes well under a second.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from dataclasses import replace

from harness.activations import KIND, Request, load
from harness.cache import Cache
from harness.errors import HarnessError
from harness.evaluation.sizes import KIND as EVALUATION
from harness.evaluation.sizes import artifact_fields
from harness.fast.compiled import warm
from harness.lm import LOCAL_MODEL
from harness.scales import SCALES, TINY, add_data_flags, data_flags
from harness.text import Split

log = logging.getLogger("harness.prepare")

TOKENS: dict[Split, int] = {"train": TINY.pool_tokens, "heldout": TINY.heldout_tokens}


def prepare(request: Request, tokens: dict[Split, int], device: str = "auto") -> None:
    """See to it that the cache holds, intact, the activations of each split, as many tokens as `tokens` says."""
    for split, wanted in tokens.items():
        each = replace(request, split=split, tokens=wanted)
        began = time.monotonic()
        found = Cache().find(KIND, each.fields())
        if not found:
            load(each, device)
        state = "in the cache" if found else f"read in {time.monotonic() - began:.1f} s"
        log.info(
            "activations, %s, %d tokens, layer %d of %s: %s", split, wanted, each.layer, each.model, state
        )


def prepare_evaluation(request: Request) -> None:
    """See to it that the cache holds what the evals need of the model (words, probes, glosses); Gemma-2 only."""
    if Cache().find(EVALUATION, artifact_fields(request.model, request.layer, request.context)):
        log.info("evaluation, layer %d of %s: in the cache", request.layer, request.model)
        return
    from harness.evaluation.artifacts import load_artifacts  # imports sae-bench, which takes 7 s

    began = time.monotonic()
    load_artifacts(request.model, request.layer, request.context)
    log.info(
        "evaluation, layer %d of %s: made in %.1f s", request.layer, request.model, time.monotonic() - began
    )


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0 all is there · 1 it cannot be had (one line `error: …` on stderr) · 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m harness.prepare", description=__doc__)
    parser.add_argument("--scale", choices=SCALES, default="tiny", help="which model, text and sizes")
    add_data_flags(parser)
    parser.add_argument("--heldout_tokens", type=int, help="for the evaluation")
    parser.add_argument("--device", default="auto", help="auto (a GPU where there is one), cpu, cuda:1, …")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")  # to stderr
    scale = replace(SCALES[given.scale], **data_flags(given))
    request = Request(
        model=scale.model,
        layer=scale.layer,
        context=scale.context,
        dtype=scale.lm_dtype,
        dataset=scale.dataset,
    )
    held_out = scale.heldout_tokens if given.heldout_tokens is None else given.heldout_tokens
    try:
        prepare(request, {"train": scale.pool_tokens, "heldout": held_out}, given.device)
        if scale.model == LOCAL_MODEL:
            prepare_evaluation(request)
        warm()  # the compiled loops of the training step
    except HarnessError as error:
        print("error: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
