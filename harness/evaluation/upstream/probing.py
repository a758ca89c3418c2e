"""The door to sae-bench's sparse probing."""

from __future__ import annotations

from sae_bench.evals.sparse_probing import eval_config as config
from sae_bench.evals.sparse_probing import eval_output as output
from sae_bench.evals.sparse_probing import main
from sae_bench.evals.sparse_probing.probe_training import train_probe_on_activations
from sae_bench.sae_bench_utils.activation_collection import create_meaned_model_activations, get_sae_meaned_activations

__all__ = [
    "config",
    "create_meaned_model_activations",
    "get_sae_meaned_activations",
    "main",
    "output",
    "train_probe_on_activations",
]
