# ruff: noqa: E402
"""The only door to sae-bench: the environment it needs, and its faults, each mended in one place with the reason.

Import every sae-bench name from here. Faults of sae-bench 0.6.0, and what is done about each (a test in
tests/harness/evaluation/test_upstream.py fails on the day upstream mends it, so that the mending here can go):

1. jaxtyping's run-time checks reject its own probe data (BeartypeCallHintParamViolation): switched off before its import.
2. Importing beartype after nnsight fails ("unhashable type: 'instancemethod'"): imported first.
3. Core's explained variance is 1 − r/(E‖x‖² − mean_d(E[x_d²]²)): the mean of squares is squared where the square of the
   mean belongs, so the figure changes with the scale of x. Not used: see reconstruction.py.
4. The absorption eval keeps its probes in site-packages under the model's *name*: a changed model gets stale probes. Its
   building blocks are called with folders of ours, keyed by content (artifacts.py).
5. The absorption eval ignores `random_seed`: `random` and `torch` are seeded around each repeat (absorption.py).
6. Core's `multiple_evals` swallows every exception and returns []: its inner function is called (core.py).
7. Probe training collates 4,096 rows of a DataLoader one by one, 30 times the time of its arithmetic: `TensorBatches`
   gives the same shuffled batches by one index. Speed only; the distribution is the same.
8. The ground-truth letter probe stops far from its optimum and weights rare letters up: letter_probe.py fits it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterator
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("HF_DATASETS_OFFLINE", "1")
os.environ.setdefault("TQDM_DISABLE", "1")
os.environ.setdefault("WANDB_MODE", "disabled")

# By environment this would come too late where jaxtyping is imported already, as by its pytest plugin (fault 1).
importlib.import_module("jaxtyping").config.update("jaxtyping_disable", True)

import beartype  # noqa: F401  (fault 2)
import torch
from pandas import DataFrame  # type: ignore[import-untyped]
from sae_bench.custom_saes.topk_sae import TopKSAE
from sae_bench.evals.absorption import probing as absorption_probing
from sae_bench.evals.absorption.feature_absorption import (
    ABSORPTION_FRACTION_MAX_ABSORBING_LATENTS,
    ABSORPTION_FRACTION_PROBE_COS_THRESHOLD,
    ABSORPTION_PROBE_PROJECTION_PROPORTION_THRESHOLD,
    FULL_ABSORPTION_PROBE_COS_THRESHOLD,
    FeatureAbsorptionCalculator,
    StatsAndLikelyFalseNegativeResults,
    calculate_projection_and_cos_sims,
)
from sae_bench.evals.absorption.k_sparse_probing import (
    add_feature_splits_to_metrics_df,
    train_k_sparse_probes,
)
from sae_bench.evals.absorption.main import _aggregate_results_df as aggregate_absorption
from sae_bench.evals.absorption.probing import (
    create_dataset_probe_training,
    gen_and_save_df_acts_probing,
)
from sae_bench.evals.absorption.prompting import (
    VERBOSE_FIRST_LETTER_TEMPLATE,
    VERBOSE_FIRST_LETTER_TOKEN_POS,
    first_letter_formatter,
)
from sae_bench.evals.absorption.vocab import LETTERS
from sae_bench.evals.core.main import (
    calculate_max_cosine_sim,
    get_downstream_reconstruction_metrics,
)
from sae_bench.evals.sparse_probing.probe_training import train_probe_on_activations
from sae_bench.sae_bench_utils.activation_collection import get_sae_meaned_activations
from torch import Tensor
from transformer_lens import HookedTransformer, HookedTransformerConfig
from transformer_lens.pretrained.weight_conversions import convert_gemma_weights

from harness.evaluation.submission import Submission

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
    "HookedTransformer",
    "HookedTransformerConfig",
    "StatsAndLikelyFalseNegativeResults",
    "TensorBatches",
    "absorption_probing",
    "add_feature_splits_to_metrics_df",
    "aggregate_absorption",
    "as_upstream_sae",
    "calculate_max_cosine_sim",
    "calculate_projection_and_cos_sims",
    "convert_gemma_weights",
    "create_dataset_probe_training",
    "first_letter_formatter",
    "gen_and_save_df_acts_probing",
    "get_downstream_reconstruction_metrics",
    "get_sae_meaned_activations",
    "quiet",
    "train_k_sparse_probes",
    "train_probe_on_activations",
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


absorption_probing.DataLoader = TensorBatches


def as_upstream_sae(submission: Submission) -> Any:
    """The submitted SAE as sae-bench's own TopKSAE, float32 on the CPU; no code of the experiment is involved."""
    weights = submission.weights
    sae = TopKSAE(
        submission.d_in,
        submission.d_sae,
        submission.k,
        submission.model,
        submission.layer,
        torch.device("cpu"),
        torch.float32,
    )
    with torch.no_grad():
        for name, tensor in weights._asdict().items():
            getattr(sae, name).copy_(tensor)
    sae.cfg.architecture = "topk"
    return sae.requires_grad_(False)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keeps sae-bench's prints and progress bars off the terminal; exceptions pass through."""
    with (
        open(os.devnull, "w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        yield
