"""The door to sae-bench's configurations of its evals, as they are published. Imports none of the evals themselves."""

from __future__ import annotations

from dataclasses import asdict
from importlib import import_module
from typing import Any

# By eval: the module below sae_bench.evals, and the class in it.
CONFIGS = {
    "absorption": ("absorption", "AbsorptionEvalConfig"),
    "autointerp": ("autointerp", "AutoInterpEvalConfig"),
    "core": ("core", "CoreEvalConfig"),
    "ravel": ("ravel", "RAVELEvalConfig"),
    "scr": ("scr_and_tpp", "ScrAndTppEvalConfig"),
    "tpp": ("scr_and_tpp", "ScrAndTppEvalConfig"),
    "sparse_probing": ("sparse_probing", "SparseProbingEvalConfig"),
    "sae_probes": ("sparse_probing_sae_probes", "SparseProbingSaeProbesEvalConfig"),
    "unlearning": ("unlearning", "UnlearningEvalConfig"),
}


def configuration(name: str, **given: Any) -> dict[str, Any]:
    """The fields of sae-bench's configuration of an eval, its own defaults where nothing is given. Raises KeyError for another eval."""
    module, kind = CONFIGS[name]
    config = getattr(import_module(f"sae_bench.evals.{module}.eval_config"), kind)
    return asdict(config(**given))
