"""Fill the cache with what every run reads: `python -m harness.prepare`. Nothing to do takes well under a second."""

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
from harness.lm import LOCAL_MODEL
from harness.text import Split

log = logging.getLogger("harness.prepare")

TOKENS: dict[Split, int] = {"train": 100_000, "heldout": 20_000}


def prepare(request: Request, tokens: dict[Split, int], device: str = "cpu") -> None:
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=Request.model, help="the shipped model, a folder, or a hub name")
    parser.add_argument("--layer", type=int, default=Request.layer)
    parser.add_argument("--context", type=int, default=Request.context)
    parser.add_argument("--tokens", type=int, default=TOKENS["train"], help="of the training text")
    parser.add_argument("--heldout_tokens", type=int, default=TOKENS["heldout"])
    parser.add_argument(
        "--dtype", choices=["float32", "bfloat16"], default=Request.dtype, help="to compute in"
    )
    parser.add_argument("--device", default="cpu")
    given = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")  # to stderr
    request = Request(model=given.model, layer=given.layer, context=given.context, dtype=given.dtype)
    try:
        prepare(request, {"train": given.tokens, "heldout": given.heldout_tokens}, given.device)
        if given.model == LOCAL_MODEL:
            prepare_evaluation(request)
    except HarnessError as error:
        print(f"prepare: {error}", file=sys.stderr)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
