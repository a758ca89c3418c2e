"""What is read from which language model at each scale, and what is scored. Light: nothing heavy is imported.

`experiment.py` holds the same sizes as settings of a run (a test holds the two together); what stands here is shared with
`harness.prepare` and the evaluation. Each value can be replaced by a flag of the same name, the same in `experiment.py`,
`harness.prepare` and the evaluator's `--check` (docs/scales.md).
"""

from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import SettingsError
from harness.read.lm import LOCAL_MODEL
from harness.site import RESIDUAL, TRANSCODERS, Site, site_of
from harness.store.out_dir import check_out_dir

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Which activations are read and how many, how large an SAE is trained on them, and what scores it."""

    model: str  # the shipped model, a folder, or a hub name
    layer: int  # the residual stream after this block
    context: int  # tokens in each text the model reads
    dataset: str  # the shipped text (`wordnet`), a folder or file, or a hub name (harness/read/corpus.py)
    lm_dtype: str  # the language model computes in it
    pool_tokens: int  # distinct activations that an SAE is trained on
    heldout_tokens: int  # for the evaluation
    d_sae: int  # latents
    k: int  # latents on for each token
    steps: int  # optimiser steps
    batch_size: int  # activations in a step
    lr: float  # peak learning rate
    l0_sweep: tuple[int, ...] = ()  # k of each point of a frontier; () for k alone
    site: Site = RESIDUAL  # where in the block: decided by the kind of SAE
    buffer_tokens: int = 0  # activations that are mixed while they are read; 0 reads all to the disk first
    on_the_hub: bool = True  # whether the evals read the hub's data sets, as sae-bench does, or what the project ships
    evals: tuple[str, ...] = ()  # what --evals=default means at this scale; all that are in the default where empty
    repeats: int = 3  # of the evals that draw at random, unless --repeats says otherwise
    gpu_bytes: float = 0  # of memory that scoring asks of a GPU; 0 where a CPU will do

    def data(self) -> dict[str, Any]:
        """The fields that are settings of a run and say what is read, by name."""
        return {name: getattr(self, name) for name in READS}


READS = ("model", "layer", "context", "dataset", "lm_dtype", "pool_tokens", "buffer_tokens")
SIZES = ("d_sae", "k", "l0_sweep", "steps", "batch_size", "lr")
PILE = "monology/pile-uncopyrighted"  # not gated; streamed
BY_NEED = ("core", "absorption", "sae_probes")  # what says most for its time (docs/scales.md); more with --evals

TINY = Scale(
    model=LOCAL_MODEL,
    layer=2,
    context=128,
    dataset="wordnet",
    lm_dtype="float32",
    pool_tokens=100_000,
    heldout_tokens=20_000,
    d_sae=1_024,
    k=16,
    steps=400,
    batch_size=2_048,
    lr=1e-2,
    on_the_hub=False,
)
LAPTOP = Scale(  # model, layer, width and precision as SAEBench's sweep on pythia-70m has them
    model="EleutherAI/pythia-70m-deduped",
    layer=4,
    context=128,
    dataset=PILE,
    lm_dtype="float32",
    pool_tokens=500_000,
    heldout_tokens=50_000,
    d_sae=4_096,
    k=32,
    steps=800,
    batch_size=2_048,
    lr=2e-3,
    evals=("core", "absorption"),  # on two cores sae-probes' texts take hours to read
    repeats=1,
)
SMALL = Scale(  # SAEBench's second suite: layer 8, widths 4,096, 16,384 and 65,536, k from 20 to 640
    model="EleutherAI/pythia-160m-deduped",
    layer=8,
    context=128,
    dataset=PILE,
    lm_dtype="float32",
    pool_tokens=5_000_000,
    heldout_tokens=200_000,
    d_sae=16_384,
    k=40,
    steps=2_441,
    batch_size=2_048,
    lr=3e-4,
    evals=BY_NEED,
    repeats=1,
)
FULL = Scale(
    model="google/gemma-2-2b",
    layer=12,
    context=128,
    dataset=PILE,
    lm_dtype="bfloat16",
    pool_tokens=5_000_000,
    heldout_tokens=200_000,
    d_sae=16_384,
    k=40,
    steps=2_441,
    batch_size=2_048,
    lr=2e-4,
    evals=BY_NEED,
    repeats=1,
    gpu_bytes=20e9,  # the model in bfloat16 with an SAE of 16,384 latents, and the activations of a batch
)
SCALES = {"tiny": TINY, "laptop": LAPTOP, "small": SMALL, "full": FULL}


def add_data_flags(
    parser: argparse.ArgumentParser, about: str = "what is read, instead of what the scale says"
) -> None:
    """Flags that replace a value of the scale: --model, --layer, --context, --dataset, --lm_dtype, --pool_tokens, --buffer_tokens."""
    flags = parser.add_argument_group(about)
    flags.add_argument("--model", help="the shipped model, a folder, or a hub name")
    flags.add_argument("--layer", type=int, help="the residual stream after this block, from 0")
    flags.add_argument("--context", type=int, help="tokens in each text")
    flags.add_argument("--dataset", help="wordnet, a file or folder of text, or a hub name")
    flags.add_argument("--lm_dtype", choices=["float32", "bfloat16"], help="the model computes in it")
    flags.add_argument("--pool_tokens", type=int, help="distinct activations to train on")
    flags.add_argument(
        "--buffer_tokens",
        type=int,
        help="read activations while they are drawn, and mix so many; 0 keeps all on the disk",
    )


def add_kind_flag(parser: argparse.ArgumentParser) -> None:
    """--sae, as experiment.py has it: of all kinds those of `TRANSCODERS` read something else."""
    parser.add_argument(
        "--sae", help=f"the kind that is trained: {' and '.join(TRANSCODERS)} read an MLP, others the residual stream"
    )


def add_size_flags(
    parser: argparse.ArgumentParser, about: str = "how large an SAE, instead of what the scale says"
) -> None:
    """Flags that replace a size of the scale: --d_sae, --k, --steps or --training_tokens, --batch_size, --lr."""
    flags = parser.add_argument_group(about)
    flags.add_argument("--d_sae", type=int, help="latents")
    flags.add_argument("--k", type=int, help="latents on for each token")
    flags.add_argument("--l0_sweep", type=_whole_numbers, help="train at each of these k too, as one run: 8,16,32")
    flags.add_argument("--batch_size", type=int, help="activations in a step")
    flags.add_argument("--lr", type=float, help="peak learning rate")
    how_long = flags.add_mutually_exclusive_group()
    how_long.add_argument("--steps", type=int, help="optimiser steps")
    how_long.add_argument(
        "--training_tokens", type=int, help="activations to train on, in whole steps: instead of --steps"
    )


def _whole_numbers(text: str) -> tuple[int, ...]:
    """8,16,32 in rising order, each once. Raises ValueError, which argparse words."""
    return tuple(sorted({int(word) for word in text.split(",")}))


def data_flags(given: argparse.Namespace) -> dict[str, Any]:
    """Those of the data flags that were given, by name: settings to replace. And `site`, where the kind of SAE (`--sae`) reads
    another than the residual stream; and `lm_dtype`, where its default would crawl.

    Raises OutDirError where `given` has an out_dir (experiment.py's) that cannot be written: before training, not after.
    """
    if isinstance(out_dir := getattr(given, "out_dir", None), Path):
        check_out_dir(out_dir)
    site = site_of(getattr(given, "sae", None))
    return _known_dtype(given) | ({} if site == RESIDUAL else {"site": site}) | named_flags(given)


def named_flags(given: argparse.Namespace) -> dict[str, Any]:
    """The data flags as they were typed, by name."""
    return {name: value for name, value in vars(given).items() if name in READS and value is not None}


def size_flags(given: argparse.Namespace, of: Any) -> dict[str, Any]:
    """Those of the size flags that were given, by name: settings to replace in `of`, a Scale or a run's settings.

    `training_tokens` becomes as many whole steps, at least one.
    """
    found = {name: value for name, value in vars(given).items() if name in SIZES and value is not None}
    if (tokens := getattr(given, "training_tokens", None)) is not None:
        batch_size = found.get("batch_size", of.batch_size)
        if tokens < 1 or batch_size < 1:
            raise SettingsError(
                f"--training_tokens {tokens} in batches of {batch_size}: both must be at least 1; mend the one below"
            )
        found["steps"] = max(1, tokens // batch_size)
    return found


def _known_dtype(given: argparse.Namespace) -> dict[str, Any]:
    """The language model in float32 where its scale says bfloat16 and the device has no instruction for it; nothing elsewhere.

    Who types --lm_dtype gets it all the same.
    """
    scale = SCALES.get(getattr(given, "scale", None) or "tiny", TINY)
    if scale.lm_dtype != "bfloat16" or getattr(given, "lm_dtype", None):
        return {}
    from harness.device import choose_device, has_bfloat16  # torch, where it is needed

    device = choose_device(getattr(given, "device", "auto"))
    if has_bfloat16(device):
        return {}
    log.warning("no bfloat16 instructions (%s): the language model computes in float32", device)
    return {"lm_dtype": "float32"}
