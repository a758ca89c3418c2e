"""What sae-bench's evals find when they are run whole: our language model, our data sets, a folder of their own."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import datasets.config
import torch
from sae_bench.sae_bench_utils import dataset_info, dataset_utils
from transformer_lens import HookedTransformer

from harness.evaluation.upstream.quiet import quiet

__all__ = ["classes_of", "dataset_info", "dataset_utils", "model_is", "own_data", "plain_tables"]


@contextlib.contextmanager
def own_data(folder: Path, links: Mapping[Path, Path]) -> Iterator[io.StringIO]:
    """Work in `folder`, where each relative path of `links` leads to a file or folder of ours (I2, I8); then undo it (I5).

    Gives what sae-bench prints within.
    """
    for place, target in links.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).symlink_to(target.resolve())
    gradients, cache, before = torch.is_grad_enabled(), datasets.config.HF_DATASETS_CACHE, Path.cwd()
    if any(target.is_dir() for target in links.values()):
        datasets.config.HF_DATASETS_CACHE = folder / "datasets"
    os.chdir(folder)
    try:
        with quiet(bars=True) as printed:
            yield printed
    finally:
        os.chdir(before)
        datasets.config.HF_DATASETS_CACHE = cache
        torch.set_grad_enabled(gradients)


@contextlib.contextmanager
def model_is(load: Callable[[], Any]) -> Iterator[None]:
    """Within, whatever language model sae-bench asks for is the HookedTransformer that `load` gives (fault 18)."""
    theirs = HookedTransformer.from_pretrained_no_processing
    HookedTransformer.from_pretrained_no_processing = lambda *_, **__: load()
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


def classes_of(names: Iterable[str]) -> int:
    """How many classes of texts sae-bench reads of these data sets, together."""
    return sum(len(dataset_info.chosen_classes_per_dataset[name]) for name in names)
