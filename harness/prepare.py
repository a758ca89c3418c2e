"""Fill the cache with what every run reads: `python -m harness.prepare [--scale full]`.

Nothing to do takes well under a second. At full scale that is more than activations: the model, the text that the evals
read of the run's own data set, and the data sets that sae-bench reads (`--evals`), so that experiments, evaluator and
sessions need no network afterwards.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from harness.activations import KIND, SAMPLE_TOKENS, Request, load
from harness.errors import HarnessError
from harness.evaluation import data_sets
from harness.evaluation.command.plan import Plan
from harness.evaluation.evals import EVALS, Eval, choose
from harness.evaluation.measures.prepared.sizes import KIND as EVALUATION
from harness.evaluation.measures.prepared.sizes import artifact_fields
from harness.evaluation.protocol import LABLOOP, PROTOCOLS
from harness.fast.compiled import warm
from harness.read import corpus, kept_text
from harness.read.lm import LOCAL_MODEL, model_folder
from harness.read.splits import HELD_OUT
from harness.scales import SCALES, Scale, add_data_flags, add_kind_flag, add_size_flags, data_flags, size_flags
from harness.site import said
from harness.store.cache import Cache

log = logging.getLogger("harness.prepare")

NO_EVALS = "none"


def prepare(request: Request, kept_tokens: int, heldout_tokens: int, device: str = "auto") -> None:
    """See to it that the cache holds, intact, of the activations to train on (`request`) so many, and the held-out splits'."""
    asked = [replace(request, tokens=kept_tokens)]
    for split in HELD_OUT:
        own = replace(request, split=split, pool_tokens=request.tokens)
        asked.append(replace(own, tokens=heldout_tokens))
        if request.dataset == corpus.WORDNET:
            asked.append(replace(own, dataset=corpus.SPELLING, tokens=corpus.SPELLING_TOKENS))
    for each in asked:
        named = " of spelling lines" * (each.dataset == corpus.SPELLING)
        what = f"activations, {each.split}, {each.tokens} tokens{named}, {said(each.site, each.layer)} of {each.model}"
        _keep(what, KIND, each.fields(), partial(load, each, device))


def prepare_text(request: Request) -> None:
    """See to it that the cache holds the text of activations that are read while they are drawn."""
    if request.dataset != corpus.WORDNET:
        what = f"text to train on, {request.tokens} tokens of {request.dataset}"
        _keep(what, kept_text.KIND, request.text.fields(), partial(kept_text.kept_ids, request.text))


def prepare_evaluation(request: Request) -> None:
    """See to it that the cache holds what the evals need of the model (words, probes, glosses); Gemma-2 only."""

    def make() -> object:
        from harness.evaluation.measures.prepared.artifacts import load_artifacts  # imports sae-bench, which takes 7 s

        return load_artifacts(request.model, request.layer, request.context)

    fields = artifact_fields(request.model, request.layer, request.context)
    _keep(f"evaluation, layer {request.layer} of {request.model}", EVALUATION, fields, make)


def prepare_full(plan: Plan) -> None:
    """See to it that the evals of a plan at full scale find their data sets and texts without a network.

    Raises HarnessError where one cannot be had: said before hours are spent on activations.
    """
    for name in plan.data_sets():
        if plan.data_dir and (plan.data_dir / name).is_dir():
            continue
        began, found = time.monotonic(), data_sets.kept(name)
        if not found:
            log.info("fetching the data set %s", name)
            data_sets.fetch(name)
        _say(f"data set {name}", bool(found), began)
    texts = [each for split in HELD_OUT for each in replace(plan, split=split).texts().items()]
    for name, text in texts:
        if text.dataset != corpus.WORDNET:
            what = f"text of {name}, {text.split}, {text.tokens} tokens of {text.dataset}"
            _keep(what, kept_text.KIND, text.fields(), partial(kept_text.kept_rows, text))
    for name in plan.own_models():
        model_folder(name)


def _keep(what: str, kind: str, fields: Mapping[str, Any], make: Callable[[], object]) -> None:
    began, found = time.monotonic(), Cache().find(kind, fields)
    if not found:
        make()
    _say(what, bool(found), began)


def _say(what: str, found: bool, began: float) -> None:
    log.info("%s: %s", what, "in the cache" if found else f"took {time.monotonic() - began:.1f} s")


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit code: 0 all is there · 1 it cannot be had (one line `error: …` on stderr) · 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m harness.prepare", description=__doc__)
    parser.add_argument("--scale", choices=SCALES, default="tiny", help="which model, text and sizes")
    add_kind_flag(parser)
    add_data_flags(parser)
    add_size_flags(parser)  # taken so that a session can give all its commands the same
    parser.add_argument("--heldout_tokens", type=int, help="for the evaluation; the scale's own unless given")
    parser.add_argument(
        "--evals",
        default="default",
        help=f"whose data are fetched or made: default, all, {NO_EVALS}, or some of {','.join(each.name for each in EVALS)}",
    )
    parser.add_argument(
        "--protocol", choices=PROTOCOLS, default=LABLOOP, help="of the evaluation: saebench reads a text of its own"
    )
    parser.add_argument("--data_dir", type=Path, help="folder with data sets of the evals, which are then not fetched")
    parser.add_argument("--device", default="auto", help="auto (a GPU where there is one), cpu, cuda:1, …")
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")  # to stderr
    scale = replace(SCALES[given.scale], **data_flags(given), **size_flags(given, SCALES[given.scale]))
    if given.heldout_tokens is not None:
        scale = replace(scale, heldout_tokens=given.heldout_tokens)
    try:
        evals = () if given.evals == NO_EVALS else choose(given.evals, given.scale)
        if scale.on_the_hub:
            prepare_full(replace(_plan(given.scale, scale, evals, given.data_dir), protocol=given.protocol))
        request = Request.to_train_on(scale)
        if scale.buffer_tokens:
            prepare_text(request)
        kept = min(scale.pool_tokens, SAMPLE_TOKENS) if scale.buffer_tokens else scale.pool_tokens
        prepare(request, kept, scale.heldout_tokens, given.device)
        if scale.model == LOCAL_MODEL and evals:
            prepare_evaluation(request)
        warm()  # the compiled loops of the training step
    except HarnessError as error:
        print("error: " + " ".join(str(error).split()), file=sys.stderr)
        return 1
    return 0


def _plan(name: str, scale: Scale, evals: tuple[Eval, ...], data_dir: Path | None) -> Plan:
    return Plan(
        evals,
        scale=name,
        model=scale.model,
        data_dir=data_dir,
        context=scale.context,
        dataset=scale.dataset,
        pool_tokens=scale.pool_tokens,
    )


if __name__ == "__main__":
    sys.exit(main())
