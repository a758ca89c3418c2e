"""The door to sae-bench's core eval."""

from __future__ import annotations

from sae_bench.evals.core import eval_output as output
from sae_bench.evals.core.main import (
    calculate_max_cosine_sim,
    calculate_misc_metrics,
    convert_feature_metrics,
    get_downstream_reconstruction_metrics,
    get_featurewise_weight_based_metrics,
    get_sparsity_and_variance_metrics,
)

__all__ = [
    "calculate_max_cosine_sim",
    "calculate_misc_metrics",
    "convert_feature_metrics",
    "get_downstream_reconstruction_metrics",
    "get_featurewise_weight_based_metrics",
    "get_sparsity_and_variance_metrics",
    "output",
]
