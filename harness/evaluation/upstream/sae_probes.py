"""The door to sae-probes and sae-bench's eval of it, and the fault P1 mended."""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any


class _CountedWhenAsked(dict[str, int]):
    """How many texts a data set has, by name; read when it is asked for, not 113 of them at import (fault P1)."""

    def __init__(self, utils_data: Any) -> None:
        super().__init__()
        self._utils_data = utils_data

    def __missing__(self, name: str) -> int:
        self[name] = len(self._utils_data.read_numbered_dataset_df(name))
        return self[name]


def _import_without_counting() -> None:
    """Import sae_probes; its module that counts is imported first, from a package that has not run yet."""
    if "sae_probes" in sys.modules:
        return
    found = PathFinder.find_spec("sae_probes")
    assert found is not None and found.submodule_search_locations is not None
    package = ModuleType("sae_probes")
    package.__path__ = list(found.submodule_search_locations)
    sys.modules["sae_probes"] = package
    utils_data: Any = importlib.import_module("sae_probes.utils_data")
    utils_data.get_dataset_sizes = lambda: _CountedWhenAsked(utils_data)
    del sys.modules["sae_probes"]
    importlib.import_module("sae_probes")


_import_without_counting()

from sae_bench.evals.sparse_probing_sae_probes import eval_config as config  # noqa: E402
from sae_bench.evals.sparse_probing_sae_probes import eval_output as output  # noqa: E402
from sae_bench.evals.sparse_probing_sae_probes import main  # noqa: E402
from sae_probes import DATASETS, run_baseline_evals  # noqa: E402
from sae_probes.run_sae_evals import get_sorted_indices, mean_act_normalization  # noqa: E402
from sae_probes.utils_data import get_train_test_indices  # noqa: E402
from sae_probes.utils_training import find_best_reg  # noqa: E402

__all__ = [
    "DATASETS",
    "config",
    "find_best_reg",
    "get_sorted_indices",
    "get_train_test_indices",
    "main",
    "mean_act_normalization",
    "output",
    "run_baseline_evals",
]
