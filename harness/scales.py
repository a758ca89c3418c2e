"""What is read from which language model at each scale. Light: nothing heavy is imported.

`experiment.py` holds the sizes of the SAE for both; what stands here is shared with `harness.prepare` and the evaluation.
Each value can be replaced by a flag of the same name, the same in `experiment.py`, `harness.prepare` and the evaluator's
`--check` (docs/scales.md).
"""

from __future__ import annotations

import argparse
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.read.lm import LOCAL_MODEL
from harness.store.out_dir import check_out_dir

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scale:
    """Which activations are read, and how many."""

    model: str  # the shipped model, a folder, or a hub name
    layer: int  # the residual stream after this block
    context: int  # tokens in each text the model reads
    dataset: str  # the shipped text (`wordnet`), a folder or file, or a hub name (harness/read/corpus.py)
    lm_dtype: str  # the language model computes in it
    pool_tokens: int  # distinct activations that an SAE is trained on
    heldout_tokens: int  # for the evaluation

    def data(self) -> dict[str, Any]:
        """The fields that are settings of a run, by name; what only the evaluation reads is left out."""
        return {name: value for name, value in vars(self).items() if name != "heldout_tokens"}


TINY = Scale(
    model=LOCAL_MODEL,
    layer=2,
    context=128,
    dataset="wordnet",
    lm_dtype="float32",
    pool_tokens=100_000,
    heldout_tokens=20_000,
)
FULL = Scale(
    model="google/gemma-2-2b",
    layer=12,
    context=128,
    dataset="monology/pile-uncopyrighted",
    lm_dtype="bfloat16",
    pool_tokens=5_000_000,
    heldout_tokens=200_000,
)
SCALES = {"tiny": TINY, "full": FULL}


def add_data_flags(
    parser: argparse.ArgumentParser, about: str = "what is read, instead of what the scale says"
) -> None:
    """Flags that replace a value of the scale: --model, --layer, --context, --dataset, --lm_dtype, --pool_tokens."""
    flags = parser.add_argument_group(about)
    flags.add_argument("--model", help="the shipped model, a folder, or a hub name")
    flags.add_argument("--layer", type=int, help="the residual stream after this block, from 0")
    flags.add_argument("--context", type=int, help="tokens in each text")
    flags.add_argument("--dataset", help="wordnet, a file or folder of text, or a hub name")
    flags.add_argument("--lm_dtype", choices=["float32", "bfloat16"], help="the model computes in it")
    flags.add_argument("--pool_tokens", type=int, help="distinct activations to train on")


def data_flags(given: argparse.Namespace) -> dict[str, Any]:
    """Those of the data flags that were given, by name: settings to replace. And `lm_dtype`, where its default would crawl.

    Raises OutDirError where `given` has an out_dir (experiment.py's) that cannot be written: before training, not after.
    """
    if isinstance(out_dir := getattr(given, "out_dir", None), Path):
        check_out_dir(out_dir)
    return _known_dtype(given) | named_flags(given)


def named_flags(given: argparse.Namespace) -> dict[str, Any]:
    """The data flags as they were typed, by name."""
    return {name: value for name, value in vars(given).items() if name in TINY.data() and value is not None}


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
