# ruff: noqa: E402
"""The only door to sae-bench: the environment it needs, and its faults, each mended in one place with the reason.

Import every sae-bench name from here. Faults of sae-bench 0.6.0, and what is done about each (a test in
tests/harness/evaluation/ (most in test_upstream.py) fails on the day upstream mends it, so that the mending here can go):

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
9. SCR's and TPP's probes are chosen among epochs by their accuracy on the *test* texts: ours see training texts only
   (ablation.py passes them in the test's place).
10. TPP draws other negatives for the accuracy before an ablation and for that after it, so that ablating nothing
    changes it by chance: `same_draws` has each class draw the same every time.
11. SCR's and TPP's ablation encodes the same activations anew for every class, every number of latents and every set:
    `EncodedOnce` remembers. Speed only.
12. Autointerp's judge is hard-coded (gpt-4o-mini at OpenAI, one try): `Interpretation` asks the judge that it is given.
13. Autointerp draws the example in its scoring prompt in the order in which answers come back, so that two runs ask
    different questions: drawn from the explanation instead. And it leaves out latents that the judge did not answer for
    with numbers, in silence: counted.
14. `get_sae_bench_version` gives the git commit of the working directory, whatever project that is: outputs.py writes
    the package's version.
15. Core's mean squared error is divided by the number of tokens twice: ours is written (outputs.py).
16. SCR has no score where its biased probe is as accurate on either attribute: ablation.py gives the mean of both.
17. Activations and probes are kept under the model's *name*, written in place: one that was cut short, or of another
    model of that name, is read as if it were whole. At full scale they are entries of the cache, by content (whole_runs.py).
18. Every eval loads the language model itself, by a name that `from_pretrained` knows: `model_is` hands it ours.
19. github-code is asked for with arguments that only its own script knows, so that a folder of its rows is refused:
    `plain_tables` leaves them out where there is no script.
20. Absorption reads the sixth token from the end of its prompt as the word, whatever the tokenizer: whole_runs.py
    counts the tokens.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
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
from sae_bench.custom_saes.custom_sae_config import CustomSAEConfig
from sae_bench.evals.absorption import common as absorption_common
from sae_bench.evals.absorption import eval_output as absorption_output
from sae_bench.evals.absorption import feature_absorption
from sae_bench.evals.absorption import main as absorption_main
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
from sae_bench.evals.absorption.k_sparse_probing import add_feature_splits_to_metrics_df, train_k_sparse_probes
from sae_bench.evals.absorption.main import _aggregate_results_df as aggregate_absorption
from sae_bench.evals.absorption.probing import create_dataset_probe_training, gen_and_save_df_acts_probing
from sae_bench.evals.absorption.prompting import (
    VERBOSE_FIRST_LETTER_TEMPLATE,
    VERBOSE_FIRST_LETTER_TOKEN_POS,
    first_letter_formatter,
)
from sae_bench.evals.absorption.vocab import LETTERS
from sae_bench.evals.autointerp import eval_output as autointerp_output
from sae_bench.evals.autointerp.eval_config import AutoInterpEvalConfig
from sae_bench.evals.autointerp.main import AutoInterp
from sae_bench.evals.core import eval_output as core_output
from sae_bench.evals.core.main import (
    calculate_max_cosine_sim,
    calculate_misc_metrics,
    convert_feature_metrics,
    get_downstream_reconstruction_metrics,
    get_featurewise_weight_based_metrics,
    get_sparsity_and_variance_metrics,
)
from sae_bench.evals.scr_and_tpp import eval_output as ablation_output
from sae_bench.evals.scr_and_tpp import main as scr_and_tpp
from sae_bench.evals.sparse_probing import eval_config as probing_config
from sae_bench.evals.sparse_probing import eval_output as probing_output
from sae_bench.evals.sparse_probing import main as probing_main
from sae_bench.evals.sparse_probing import probe_training
from sae_bench.evals.sparse_probing.probe_training import Probe, train_probe_on_activations
from sae_bench.sae_bench_utils import dataset_info, dataset_utils, get_eval_uuid
from sae_bench.sae_bench_utils.activation_collection import (
    create_meaned_model_activations,
    get_feature_activation_sparsity,
    get_sae_meaned_activations,
)
from torch import Tensor
from transformer_lens import HookedTransformer, HookedTransformerConfig
from transformer_lens.pretrained import weight_conversions as conversions

from harness.evaluation.judging.judge import Judge
from harness.evaluation.submitted.scored import ScoredSAE
from harness.evaluation.submitted.submission import Submission

__all__ = [
    "ABSORPTION_FRACTION_MAX_ABSORBING_LATENTS",
    "ABSORPTION_FRACTION_PROBE_COS_THRESHOLD",
    "ABSORPTION_PROBE_PROJECTION_PROPORTION_THRESHOLD",
    "FULL_ABSORPTION_PROBE_COS_THRESHOLD",
    "LETTERS",
    "VERBOSE_FIRST_LETTER_TEMPLATE",
    "VERBOSE_FIRST_LETTER_TOKEN_POS",
    "AutoInterpEvalConfig",
    "DataFrame",
    "EncodedOnce",
    "FeatureAbsorptionCalculator",
    "HookedTransformer",
    "HookedTransformerConfig",
    "Interpretation",
    "Probe",
    "StatsAndLikelyFalseNegativeResults",
    "TensorBatches",
    "absorption_common",
    "absorption_folders",
    "absorption_main",
    "absorption_probing",
    "add_feature_splits_to_metrics_df",
    "aggregate_absorption",
    "as_upstream_sae",
    "calculate_max_cosine_sim",
    "calculate_misc_metrics",
    "calculate_projection_and_cos_sims",
    "conversions",
    "convert_feature_metrics",
    "create_dataset_probe_training",
    "create_meaned_model_activations",
    "dataset_info",
    "dataset_utils",
    "feature_absorption",
    "first_letter_formatter",
    "gen_and_save_df_acts_probing",
    "get_downstream_reconstruction_metrics",
    "get_eval_uuid",
    "get_feature_activation_sparsity",
    "get_featurewise_weight_based_metrics",
    "get_sae_meaned_activations",
    "get_sparsity_and_variance_metrics",
    "model_is",
    "outputs",
    "plain_tables",
    "probing_main",
    "quiet",
    "same_draws",
    "scr_and_tpp",
    "train_k_sparse_probes",
    "train_probe_on_activations",
]


# The classes of SAEBench's result files, and their configurations.
outputs = SimpleNamespace(
    **{
        name: kind
        for module in (
            core_output,
            absorption_output,
            probing_output,
            probing_config,
            ablation_output,
            autointerp_output,
        )
        for name, kind in vars(module).items()
        if isinstance(kind, type)
    }
)


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


def as_upstream_sae(submission: Submission) -> ScoredSAE:
    """The submitted SAE with the description (`cfg`) that sae-bench reads; no code of the experiment is involved."""
    sae = submission.sae
    sae.cfg = CustomSAEConfig(
        submission.model,
        d_in=submission.d_in,
        d_sae=submission.d_sae,
        hook_layer=submission.layer,
        hook_name=f"blocks.{submission.layer}.hook_resid_post",
        context_size=submission.context,
        architecture=sae.architecture,
        dtype=str(sae.dtype).removeprefix("torch."),
        device=str(sae.device),
    )
    sae.cfg.architecture_str = sae.architecture
    return sae


class EncodedOnce:
    """An SAE that remembers what it encoded, and what that decodes to, by the place in memory of its input (fault 11).

    For activations that stay where they are and are not changed, as those of an ablation.
    """

    def __init__(self, sae: Any) -> None:
        self._sae = sae
        self.W_dec = sae.W_dec
        self._codes: dict[tuple[int, torch.Size], Tensor] = {}
        self._decoded: dict[tuple[int, torch.Size], Tensor] = {}

    def encode(self, x: Tensor) -> Tensor:
        """A copy, since sae-bench sets latents of it to zero; it carries where it came from."""
        place = (x.data_ptr(), x.shape)
        if place not in self._codes:
            self._codes[place] = self._sae.encode(x)
        copy = self._codes[place].clone()
        self._whole = (copy, copy._version, place)
        return copy

    def decode(self, codes: Tensor) -> Tensor:
        """Decoded; from memory where these are the codes of the last `encode`, untouched."""
        copy, version, place = self._whole
        if codes is not copy or codes._version != version:
            return torch.as_tensor(self._sae.decode(codes))
        if place not in self._decoded:
            self._decoded[place] = self._sae.decode(codes)
        return self._decoded[place]


class Interpretation(AutoInterp):
    """sae-bench's autointerp with a judge of one's choice and questions that are the same every time (faults 12, 13)."""

    def __init__(self, config: Any, model: Any, sae: Any, tokens: Tensor, how_often: Tensor, judge: Judge) -> None:
        super().__init__(config, model, sae, tokens, how_often.clone(), str(sae.device), api_key="")
        self._judge = judge
        self.unreadable = 0

    def get_api_response(self, messages: Any, max_tokens: int, n_completions: int = 1) -> tuple[list[str], str]:
        return [self._judge.ask(messages, max_tokens).strip()] * n_completions, ""

    def get_scoring_prompts(self, explanation: str, scoring_examples: Any) -> Any:
        random.seed(explanation)
        return super().get_scoring_prompts(explanation, scoring_examples)

    def parse_predictions(self, predictions: str) -> Any:
        found = super().parse_predictions(predictions)
        self.unreadable += found is None
        return found


@contextlib.contextmanager
def same_draws(seed: int) -> Iterator[None]:
    """Within, a class's probe data are drawn the same way each time (fault 10); torch's seed is as it was afterwards."""
    theirs = probe_training.prepare_probe_data

    def seeded(activations: dict[str, Tensor], class_name: str, perform_scr: bool = False) -> Any:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed * 1000 + sorted(activations).index(class_name))
            return theirs(activations, class_name, perform_scr)

    probe_training.prepare_probe_data = seeded
    try:
        yield
    finally:
        probe_training.prepare_probe_data = theirs


@contextlib.contextmanager
def model_is(hooked: Any) -> Iterator[None]:
    """Within, whatever language model sae-bench asks for is this HookedTransformer (fault 18)."""
    theirs = HookedTransformer.from_pretrained_no_processing
    HookedTransformer.from_pretrained_no_processing = lambda *_, **__: hooked
    try:
        yield
    finally:
        HookedTransformer.from_pretrained_no_processing = theirs


@contextlib.contextmanager
def plain_tables() -> Iterator[None]:
    """Within, a data set that lies here as a folder without a script is read as its files say (fault 19)."""
    theirs = dataset_utils.load_dataset

    def load(name: str, *config: str, **more: Any) -> Any:
        if Path(name).is_dir() and not (Path(name) / f"{Path(name).name}.py").is_file():
            more = {key: value for key, value in more.items() if key not in ("languages", "trust_remote_code")}
        return theirs(name, *config, **more)

    dataset_utils.load_dataset = load
    try:
        yield
    finally:
        dataset_utils.load_dataset = theirs


@contextlib.contextmanager
def absorption_folders(folder: Path, probes: Path) -> Iterator[None]:
    """Within, absorption keeps its tables in `folder` and reads its probes in `probes`, not in site-packages (fault 4)."""
    tables = {"experiment_dir": folder / "k_sparse_probing", "probes_dir": probes}
    absorbed = {
        "experiment_dir": folder / "absorption",
        "sparse_probing_experiment_dir": folder / "k_sparse_probing",
        "probes_dir": probes,
    }
    theirs = absorption_main.run_k_sparse_probing_experiment, absorption_main.run_feature_absortion_experiment
    absorption_main.run_k_sparse_probing_experiment = functools.partial(theirs[0], **tables)
    absorption_main.run_feature_absortion_experiment = functools.partial(theirs[1], **absorbed)
    try:
        yield
    finally:
        absorption_main.run_k_sparse_probing_experiment = theirs[0]
        absorption_main.run_feature_absortion_experiment = theirs[1]


@contextlib.contextmanager
def quiet(bars: bool = False) -> Iterator[io.StringIO]:
    """Keeps sae-bench's prints and progress bars off the terminal; gives what it printed. Exceptions pass through.

    With `bars`, for work of hours, a terminal shows its progress bars (unless TQDM_DISABLE says otherwise).
    """
    with contextlib.ExitStack() as stack:
        printed = stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        if not (bars and sys.stderr.isatty()):
            stack.enter_context(contextlib.redirect_stderr(stack.enter_context(open(os.devnull, "w"))))
        yield printed
