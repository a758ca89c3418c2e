"""The door to sae-bench's unlearning and RAVEL evals, and their faults, each mended here with the reason.

Faults of sae-bench 0.6.0 (tests/harness/evaluation/test_upstream_interventions.py fails on the day one is mended):

I1. Unlearning's `run_eval` refuses a model whose name has no "it" in it, and takes any that has ("unitary"): the function
    below it is called, and whether the model follows instructions is asked before the run.
I2. Unlearning reads its forget corpus from a path below the working directory; the wheel does not hold it. `own_data`
    works in a folder where it lies there, beside data sets that are given as folders.
I3. Unlearning's prompts and answer letters are chosen by four model names: `called` gives the model the name.
I4. Unlearning scores every .pkl in its results folder, those of earlier settings too, under the model's and the SAE's
    *name*: each SAE gets a new folder (unlearning.py).
I5. Unlearning turns gradients off for the rest of the process, RAVEL turns them on: `own_data` puts them back.
I6. RAVEL's hooks want a tuple from a block, and take `outputs[0]` for all of its batch; a block of transformers 5 returns
    the tensor itself: `tupled_blocks` puts it into a tuple, and takes it out before the next block.
I7. RAVEL downloads its data with an argument that huggingface_hub no longer has: ravel.py puts the files in place first.
I8. `datasets` keeps a folder that is named by a relative path under that *name*: where sae-bench's names lead to folders,
    another folder's rows come back. `own_data` has it keep them in the working folder.
I9. RAVEL drops the last batch, and with fewer pairs than one batch averages nothing: NaN is an error (ravel.py).
I10. RAVEL finds the blocks of Gemma-2 and GPT-NeoX alone, and says so after all prompts were asked: ravel.py refuses other models
    before (GPT-NeoX too, whose last norm has another name than `tupled_blocks` looks for).
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from harness.evaluation import upstream  # first: it sets the environment that sae-bench needs

# isort: split
import datasets.config
import torch
from sae_bench.evals.ravel import main as ravel
from sae_bench.evals.ravel.eval_config import RAVELEvalConfig
from sae_bench.evals.ravel.eval_output import RAVELEvalOutput, RAVELMetricCategories, RAVELMetricResults
from sae_bench.evals.ravel.generation import generate_batched
from sae_bench.evals.ravel.instance import RAVELInstance, get_instance_name
from sae_bench.evals.ravel.validation import evaluate_completion
from sae_bench.evals.unlearning.eval_config import UnlearningEvalConfig
from sae_bench.evals.unlearning.eval_output import UnlearningEvalOutput, UnlearningMetricCategories, UnlearningMetrics
from sae_bench.evals.unlearning.main import get_metrics_df, get_unlearning_scores
from sae_bench.evals.unlearning.utils.eval import run_eval_single_sae as run_unlearning
from sae_bench.evals.unlearning.utils.feature_activation import get_top_features
from sae_bench.evals.unlearning.utils.intervention import anthropic_clamp_resid_SAE_features as clamp_latents
from sae_bench.evals.unlearning.utils.metrics import save_target_question_ids
from sae_bench.sae_bench_utils.dataset_utils import tokenize_and_concat_dataset

__all__ = [
    "RAVELEvalConfig",
    "RAVELEvalOutput",
    "RAVELInstance",
    "RAVELMetricCategories",
    "RAVELMetricResults",
    "UnlearningEvalConfig",
    "UnlearningEvalOutput",
    "UnlearningMetricCategories",
    "UnlearningMetrics",
    "called",
    "clamp_latents",
    "evaluate_completion",
    "generate_batched",
    "get_instance_name",
    "get_metrics_df",
    "get_top_features",
    "get_unlearning_scores",
    "own_data",
    "ravel",
    "run_unlearning",
    "save_target_question_ids",
    "tokenize_and_concat_dataset",
    "tupled_blocks",
    "upstream",
]

FORGET_CORPUS = Path("sae_bench/evals/unlearning/data/bio-forget-corpus.jsonl")  # where sae-bench looks


@contextlib.contextmanager
def own_data(folder: Path, links: Mapping[Path, Path]) -> Iterator[io.StringIO]:
    """Work in `folder`, where each relative path of `links` leads to a file or folder of ours (I2, I8); then undo it (I5).

    Gives what sae-bench prints within.
    """
    for place, target in links.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).symlink_to(target.resolve())
    gradients, cache, before = torch.is_grad_enabled(), datasets.config.HF_DATASETS_CACHE, Path.cwd()
    if any(target.is_dir() for target in links.values()):
        datasets.config.HF_DATASETS_CACHE = folder / "datasets"
    os.chdir(folder)
    try:
        with upstream.quiet(bars=True) as printed:
            yield printed
    finally:
        os.chdir(before)
        datasets.config.HF_DATASETS_CACHE = cache
        torch.set_grad_enabled(gradients)


@contextlib.contextmanager
def called(model: Any, name: str) -> Iterator[None]:
    """The HookedTransformer under another name (I3)."""
    own, model.cfg.model_name = model.cfg.model_name, name
    try:
        yield
    finally:
        model.cfg.model_name = own


@contextlib.contextmanager
def tupled_blocks(model: Any) -> Iterator[None]:
    """A transformers model whose blocks return a tuple, as those of transformers 4 did (I6)."""

    def wrap(_module: Any, _inputs: Any, output: Any) -> Any:
        return output if isinstance(output, tuple) else (output,)

    def unwrap(_module: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        first = arguments[0] if arguments else None
        if isinstance(first, tuple):
            arguments = (first[0], *arguments[1:])
        if isinstance(named.get("hidden_states"), tuple):
            named = named | {"hidden_states": named["hidden_states"][0]}
        return arguments, named

    body = model.base_model
    handles = [block.register_forward_hook(wrap) for block in body.layers]
    handles += [module.register_forward_pre_hook(unwrap, with_kwargs=True) for module in (*body.layers[1:], body.norm)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
