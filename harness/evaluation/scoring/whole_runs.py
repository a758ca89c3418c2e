"""sae-bench's evals run whole, at full scale: what they are given, where they write, what is kept of the language model.

Its run_eval functions are called as they are; the other doors of this room give them the language model, and folders of the
cache in place of those that it would keep under the model's name. Their result files are checked and put in their place.
"""

from __future__ import annotations

import copy
import json
import logging
import tempfile
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness.evaluation import data_sets
from harness.evaluation.scoring.subjects import FullSubject
from harness.evaluation.scoring.writer import SUFFIX, NoResult, ResultFile, finite
from harness.evaluation.upstream.whole import model_is, own_data, plain_tables
from harness.read.lm import fingerprint
from harness.store.cache import Cache, Draft

log = logging.getLogger(__name__)

KIND = "saebench"
FORMAT = 1
KEPT_PART = 0.2  # of the cache, at most, for the activations of one eval


@dataclass(frozen=True)
class WholeRun:
    """An eval of sae-bench, to be run as it is."""

    name: str
    run_eval: Callable[..., Any]
    config: Any  # sae-bench's own
    data_sets: tuple[str, ...]  # of the hub, that it reads
    result: ResultFile
    classes: int = 0  # of texts whose activations it keeps


def settled(subject: FullSubject, name: str, kind: Callable[..., Any], **own: Any) -> Any:
    """sae-bench's configuration of an eval, with its own sizes where the subject's `settings` say nothing."""
    return kind(
        **{
            "model_name": subject.model().cfg.model_name,
            "llm_dtype": subject.submission.lm_dtype,
            "llm_batch_size": 32,  # each eval's `batch`
            **own,
            **subject.settings.get(name, {}),
        }
    )


def run_with_artifacts(subject: FullSubject, run: WholeRun) -> dict[str, Any]:
    """An eval whose activations of the language model are kept in the cache, made by the first SAE that is scored.

    sae-bench writes them in place under the model's name, so that one that was cut short, or of another model of that
    name, would be read (fault 17): here they are an entry of the cache, of content, whole or not there. Where they are
    so large that they would drive out what training reads, they are not kept: reading them from a disk would take about
    as long as reading the language model again.

    The SAE that fills the cache is then scored from it as all others are: sae-bench draws at random while it reads the
    model, so that its score of this SAE alone would be on other draws.
    """
    size, cache = activation_bytes(run, subject.model()), Cache()
    if size > KEPT_PART * cache.cap_bytes:
        log.info("%s reads the language model anew: its %.0f GB of activations are not kept", run.name, size / 1e9)
        with tempfile.TemporaryDirectory() as folder:
            places: dict[str, Any] = {"artifacts_path": str(Path(folder) / "kept"), "save_activations": False}
            return run_whole(subject, run, Path(folder), **places)
    own = {
        key: value for key, value in vars(run.config).items() if key not in ("sae_batch_size", "k_values", "n_values")
    }

    def make(draft: Draft) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run_whole(subject, run, Path(folder), artifacts_path=str(draft.folder / "kept"))
        draft.adopt_all()

    device = subject.submission.sae.device.type  # where sae-bench loads them again
    fields = saebench_fields(subject, _read_by(run.config)) | {"eval": run.name, "config": own, "device": device}
    kept = cache.get(KIND, fields, make) / "kept"
    with tempfile.TemporaryDirectory() as folder:
        return run_whole(subject, run, Path(folder), artifacts_path=str(kept))


def activation_bytes(run: WholeRun, model: Any) -> int:
    """How much sae-bench would keep for an eval: every token of every class's texts, which are half of a set (its positive half)."""
    sizes = vars(run.config)
    texts = sum(
        sizes.get(f"{prefix}{part}_set_size", 0) // 2 for prefix in ("", "probe_") for part in ("train", "test")
    )
    return int(run.classes * texts * run.config.context_length * model.cfg.d_model * model.cfg.dtype.itemsize)


def run_whole(
    subject: FullSubject, run: WholeRun, folder: Path, links: Mapping[Path, Path] | None = None, **more: Any
) -> dict[str, Any]:
    """sae-bench's run of one eval, in `folder`; its result file, checked and put in its place.

    `links` are files and folders of ours by where sae-bench looks for them. Raises NoResult, which holds what sae-bench printed, where it leaves none.
    """
    (folder / "results").mkdir()
    sae = copy.deepcopy(subject.submission.sae)  # sae-bench changes its precision
    given = (run.config, [(subject.writer.name, sae)], subject.device, str(folder / "results"))
    with (
        own_data(folder, {**data_sets.in_folder(run.data_sets, subject.data_dir), **(links or {})}) as printed,
        model_is(subject.model),
        plain_tables(),
    ):
        try:
            run.run_eval(*given, force_rerun=True, **more)
        except AssertionError as error:
            failed = traceback.extract_tb(error.__traceback__)[-1]
            raise NoResult(
                f"sae-bench's {run.name} refuses what it reads: {failed.line} (in its {failed.name}). A data set of --data_dir needs "
                "as many texts of each class as the hub's has"
            ) from error
    found = sorted((folder / "results").rglob(f"*{SUFFIX}"))
    if not found:
        said = " ".join(printed.getvalue().split())
        raise NoResult(f"sae-bench's {run.name} left no result: {said[-400:] or 'it says nothing'}", said)
    value: dict[str, Any] = finite(json.loads(found[0].read_text()))
    subject.writer.write_marked(run.result, value)
    return value


def _read_by(config: Any) -> tuple[str, ...]:
    """The data sets of the hub behind sae-bench's names for parts of them (`…_class_set1`, `…_sentiment`)."""
    names = (name.split("_class_set")[0].removesuffix("_sentiment") for name in config.dataset_names)
    return tuple(dict.fromkeys(names))


def saebench_fields(subject: FullSubject, read: tuple[str, ...]) -> dict[str, Any]:
    """Everything that an eval's artifacts depend on, for the cache's key."""
    return {
        "format": FORMAT,
        "model": fingerprint(subject.submission.model),
        "dtype": subject.submission.lm_dtype,
        "layer": subject.submission.layer,
        "sae_bench": version("sae-bench"),
        "data": {name: data_sets.identity(name, subject.data_dir) for name in read},
    }
