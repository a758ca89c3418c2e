"""The door to sae-bench's first-letter absorption, and its faults 4, 7 and 21 mended."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path

import torch
from pandas import DataFrame  # type: ignore[import-untyped]
from sae_bench.evals.absorption import common, feature_absorption, main, probing
from sae_bench.evals.absorption import eval_output as output
from sae_bench.evals.absorption.feature_absorption import (
    ABSORPTION_FRACTION_MAX_ABSORBING_LATENTS,
    ABSORPTION_FRACTION_PROBE_COS_THRESHOLD,
    ABSORPTION_PROBE_PROJECTION_PROPORTION_THRESHOLD,
    FULL_ABSORPTION_PROBE_COS_THRESHOLD,
    FeatureAbsorptionCalculator,
    StatsAndLikelyFalseNegativeResults,
    calculate_projection_and_cos_sims,
)
from sae_bench.evals.absorption.k_sparse_probing import add_feature_splits_to_metrics_df, train_k_sparse_probes
from sae_bench.evals.absorption.main import _aggregate_results_df as aggregate_absorption
from sae_bench.evals.absorption.probing import create_dataset_probe_training, gen_and_save_df_acts_probing
from sae_bench.evals.absorption.prompting import (
    VERBOSE_FIRST_LETTER_TEMPLATE,
    VERBOSE_FIRST_LETTER_TOKEN_POS,
    first_letter_formatter,
)
from sae_bench.evals.absorption.vocab import LETTERS
from torch import Tensor

__all__ = [
    "ABSORPTION_FRACTION_MAX_ABSORBING_LATENTS",
    "ABSORPTION_FRACTION_PROBE_COS_THRESHOLD",
    "ABSORPTION_PROBE_PROJECTION_PROPORTION_THRESHOLD",
    "FULL_ABSORPTION_PROBE_COS_THRESHOLD",
    "LETTERS",
    "VERBOSE_FIRST_LETTER_TEMPLATE",
    "VERBOSE_FIRST_LETTER_TOKEN_POS",
    "DataFrame",
    "FeatureAbsorptionCalculator",
    "StatsAndLikelyFalseNegativeResults",
    "TensorBatches",
    "add_feature_splits_to_metrics_df",
    "aggregate_absorption",
    "calculate_projection_and_cos_sims",
    "common",
    "create_dataset_probe_training",
    "feature_absorption",
    "first_letter_formatter",
    "gen_and_save_df_acts_probing",
    "has_too_few_letters",
    "main",
    "output",
    "own_folders",
    "probing",
    "train_k_sparse_probes",
]


class TensorBatches:
    """Stands for `DataLoader(TensorDataset(…), batch_size, shuffle)`: the same batches, indexed at once (fault 7)."""

    def __init__(self, dataset: torch.utils.data.TensorDataset, batch_size: int, shuffle: bool) -> None:
        self.tensors = dataset.tensors
        self.batch_size = batch_size
        self.shuffle = shuffle

    def __len__(self) -> int:
        return -(-len(self.tensors[0]) // self.batch_size)

    def __iter__(self) -> Iterator[list[Tensor]]:
        count = len(self.tensors[0])
        order = torch.randperm(count) if self.shuffle else torch.arange(count)
        for rows in order.split(self.batch_size):
            yield [tensor[rows] for tensor in self.tensors]


probing.DataLoader = TensorBatches


@contextlib.contextmanager
def own_folders(folder: Path, probes: Path) -> Iterator[None]:
    """Within, absorption keeps its tables in `folder` and reads its probes in `probes`, not in site-packages (fault 4)."""
    tables = {"experiment_dir": folder / "k_sparse_probing", "probes_dir": probes}
    absorbed = {
        "experiment_dir": folder / "absorption",
        "sparse_probing_experiment_dir": folder / "k_sparse_probing",
        "probes_dir": probes,
    }
    theirs = main.run_k_sparse_probing_experiment, main.run_feature_absortion_experiment
    main.run_k_sparse_probing_experiment = functools.partial(theirs[0], **tables)
    main.run_feature_absortion_experiment = functools.partial(theirs[1], **absorbed)
    try:
        yield
    finally:
        main.run_k_sparse_probing_experiment = theirs[0]
        main.run_feature_absortion_experiment = theirs[1]


def has_too_few_letters(printed: str) -> bool:
    """Whether sae-bench says that it ends without a result since too few first letters are told apart (fault 21)."""
    return "first-letter features" in printed
