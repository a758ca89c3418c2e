"""The door to sae-bench's unlearning, and its fault I3 mended."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sae_bench.evals.unlearning.eval_config import UnlearningEvalConfig
from sae_bench.evals.unlearning.eval_output import UnlearningEvalOutput, UnlearningMetricCategories, UnlearningMetrics
from sae_bench.evals.unlearning.main import get_metrics_df, get_unlearning_scores
from sae_bench.evals.unlearning.utils.eval import run_eval_single_sae as run_unlearning
from sae_bench.evals.unlearning.utils.feature_activation import get_top_features
from sae_bench.evals.unlearning.utils.intervention import anthropic_clamp_resid_SAE_features as clamp_latents
from sae_bench.evals.unlearning.utils.metrics import save_target_question_ids
from sae_bench.sae_bench_utils.dataset_utils import tokenize_and_concat_dataset

__all__ = [
    "UnlearningEvalConfig",
    "UnlearningEvalOutput",
    "UnlearningMetricCategories",
    "UnlearningMetrics",
    "called",
    "clamp_latents",
    "get_metrics_df",
    "get_top_features",
    "get_unlearning_scores",
    "run_unlearning",
    "save_target_question_ids",
    "tokenize_and_concat_dataset",
]

FORGET_CORPUS = Path("sae_bench/evals/unlearning/data/bio-forget-corpus.jsonl")  # where sae-bench looks (fault I2)


@contextlib.contextmanager
def called(model: Any, name: str) -> Iterator[None]:
    """The HookedTransformer under another name (I3)."""
    own, model.cfg.model_name = model.cfg.model_name, name
    try:
        yield
    finally:
        model.cfg.model_name = own
