"""The door to sae-bench's core eval."""

from __future__ import annotations

import logging
from typing import Any

from sae_bench.evals.core import eval_output as output
from sae_bench.evals.core.main import (
    calculate_max_cosine_sim,
    calculate_misc_metrics,
    convert_feature_metrics,
    get_downstream_reconstruction_metrics,
    get_featurewise_weight_based_metrics,
    get_sparsity_and_variance_metrics,
    multiple_evals,
)

from harness.errors import HarnessError

__all__ = [
    "calculate_max_cosine_sim",
    "calculate_misc_metrics",
    "convert_feature_metrics",
    "get_downstream_reconstruction_metrics",
    "get_featurewise_weight_based_metrics",
    "get_sparsity_and_variance_metrics",
    "output",
    "run_published",
]
_ARGUMENTS = (
    "n_eval_reconstruction_batches",
    "n_eval_sparsity_variance_batches",
    "compute_featurewise_density_statistics",
    "compute_featurewise_weight_based_metrics",
    "exclude_special_tokens_from_reconstruction",
    "dataset",
    "context_size",
)


class CoreFailed(HarnessError):
    """sae-bench's core eval gave up; it logs why and goes on (fault 22)."""


class _Kept(logging.Handler):
    """What sae-bench logs in place of raising it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def run_published(config: Any, saes: list[tuple[str, Any]], device: str, folder: str, force_rerun: bool) -> None:
    """sae-bench's own run of core by a CoreEvalConfig, its file in `folder`. Raises CoreFailed.

    All sums of metrics that it can compute are computed, whatever the configuration says of them, as its own runs have it.
    """
    kept, log = _Kept(), logging.getLogger("sae_bench.evals.core.main")
    log.addHandler(kept)
    try:
        multiple_evals(
            saes,
            eval_batch_size_prompts=config.batch_size_prompts,
            output_folder=folder,
            dtype=config.llm_dtype,
            device=device,
            force_rerun=force_rerun,
            **{name: getattr(config, name) for name in _ARGUMENTS},
        )
    finally:
        log.removeHandler(kept)
    if kept.said:
        raise CoreFailed(f"sae-bench's core gave up: {kept.said[-1]}")
