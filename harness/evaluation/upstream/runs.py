"""sae-bench's evals run whole, at full scale: what they are given, where they write, what is kept of the language model.

Its run_eval functions are called as they are; upstream.py gives them the language model, and folders of the cache in
place of those that it would keep under the model's name. Their result files are checked and put in their place.
"""

from __future__ import annotations

import copy
import json
import logging
import shutil
import tempfile
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness.cache import Cache, Draft
from harness.evaluation.evals import DATA_SETS, Plan
from harness.evaluation.judging.judge import Judge
from harness.evaluation.prepared import data_sets
from harness.evaluation.results import outputs
from harness.evaluation.results.outputs import SUFFIX, Writer
from harness.evaluation.submitted.submission import Submission
from harness.evaluation.upstream.lens import load_hooked
from harness.lm import fingerprint

log = logging.getLogger(__name__)

KIND = "saebench"
FORMAT = 1
KEPT_PART = 0.2  # of the cache, at most, for the activations of one eval
CONFIGS = {
    "absorption": "AbsorptionEvalConfig",
    "sparse_probing": "SparseProbingEvalConfig",
    "scr": "ScrAndTppEvalConfig",
    "tpp": "ScrAndTppEvalConfig",
}


@dataclass(frozen=True)
class FullSubject:
    """What is scored, and with what."""

    submission: Submission
    activations: Any  # held-out, [tokens, d_in]
    plan: Plan
    writer: Writer
    repeats: int = 3
    judge: Judge | None = None
    settings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by eval, into sae-bench's configurations

    @property
    def device(self) -> str:
        return str(self.submission.sae.device)

    def hooked(self) -> Any:
        """The language model as sae-bench runs it."""
        return load_hooked(self.submission.model, self.device, self.submission.lm_dtype)

    def config(self, name: str, model: Any) -> Any:
        """sae-bench's configuration of an eval, with its own sizes where `settings` say nothing."""
        from harness.evaluation import upstream

        own: dict[str, Any] = {"perform_scr": name == "scr"} if name in ("scr", "tpp") else {}
        settings = self.settings.get(name, {})
        config = getattr(upstream.outputs, CONFIGS[name])(
            **{
                "model_name": model.cfg.model_name,
                "llm_dtype": self.submission.lm_dtype,
                "llm_batch_size": 32,
                **own,
                **settings,
            }
        )
        if name == "absorption" and "prompt_token_pos" not in settings:
            config.prompt_token_pos = word_position(model.tokenizer, config.prompt_template)
        return config


def word_position(tokenizer: Any, template: str) -> int:
    """Where the last token of the word is in a prompt that ends with `template`, counted from the end: −1 is its last token.

    sae-bench has −6 for every model, which is right for tokenizers of whole words alone (fault 20).
    """
    after = template.split("{word}")[1]
    with_it, without = (len(tokenizer.encode(text, add_special_tokens=False)) for text in (f"a{after}", "a"))
    return without - with_it - 1


def run_with_artifacts(subject: FullSubject, name: str, run_eval: Callable[..., Any], model: Any) -> dict[str, Any]:
    """An eval whose activations of the language model are kept in the cache, made by the first SAE that is scored.

    sae-bench writes them in place under the model's name, so that one that was cut short, or of another model of that
    name, would be read (fault 17): here they are an entry of the cache, of content, whole or not there. Where they are
    so large that they would drive out what training reads, they are not kept: reading them from a disk would take about
    as long as reading the language model again.

    The SAE that fills the cache is then scored from it as all others are: sae-bench draws at random while it reads the
    model, so that its score of this SAE alone would be on other draws.
    """
    config = subject.config(name, model)
    size, cache = activation_bytes(name, config, model), Cache()
    if size > KEPT_PART * cache.cap_bytes:
        log.info("%s reads the language model anew: its %.0f GB of activations are not kept", name, size / 1e9)
        with tempfile.TemporaryDirectory() as folder:
            places = {"artifacts_path": str(Path(folder) / "kept"), "save_activations": False}
            return run_whole(subject, name, run_eval, config, model, Path(folder), **places)
    own = {key: value for key, value in vars(config).items() if key not in ("sae_batch_size", "k_values", "n_values")}

    def make(draft: Draft) -> None:
        with tempfile.TemporaryDirectory() as folder:
            run_whole(subject, name, run_eval, config, model, Path(folder), artifacts_path=str(draft.folder / "kept"))
        draft.adopt_all()

    device = subject.submission.sae.device.type  # where sae-bench loads them again
    fields = saebench_fields(subject, _read_by(config)) | {"eval": name, "config": own, "device": device}
    kept = cache.get(KIND, fields, make) / "kept"
    with tempfile.TemporaryDirectory() as folder:
        return run_whole(subject, name, run_eval, config, model, Path(folder), artifacts_path=str(kept))


def activation_bytes(name: str, config: Any, model: Any) -> int:
    """How much sae-bench would keep for an eval: every token of every class's texts, which are half of a set (its positive half)."""
    from harness.evaluation import upstream

    info = upstream.dataset_info
    if name == "scr":
        pairs = sum(len(config.column1_vals_lookup[each]) for each in config.dataset_names)
        classes = pairs * 2 * len(info.PAIRED_CLASS_KEYS)
    else:
        classes = sum(len(info.chosen_classes_per_dataset[each]) for each in config.dataset_names)
    sizes = vars(config)
    texts = sum(
        sizes.get(f"{prefix}{part}_set_size", 0) // 2 for prefix in ("", "probe_") for part in ("train", "test")
    )
    return int(classes * texts * config.context_length * model.cfg.d_model * model.cfg.dtype.itemsize)


def run_whole(
    subject: FullSubject, name: str, run_eval: Callable[..., Any], config: Any, model: Any, folder: Path, **more: Any
) -> dict[str, Any]:
    """sae-bench's run of one eval, in `folder`; its result file, checked and put in its place."""
    from harness.evaluation import upstream
    from harness.evaluation.upstream.interventions import own_data

    (folder / "results").mkdir()
    sae = copy.deepcopy(subject.submission.sae)  # sae-bench changes its precision
    with (
        own_data(folder, data_sets.in_folder(DATA_SETS.get(name, ()), subject.plan.data_dir)) as printed,
        upstream.model_is(model),
        upstream.plain_tables(),
    ):
        try:
            run_eval(
                config, [(subject.writer.name, sae)], subject.device, str(folder / "results"), force_rerun=True, **more
            )
        except AssertionError as error:
            failed = traceback.extract_tb(error.__traceback__)[-1]
            raise outputs.NoResult(
                f"sae-bench's {name} refuses what it reads: {failed.line} (in its {failed.name}). A data set of --data_dir needs as "
                "many texts of each class as the hub's has"
            ) from error
    found = sorted((folder / "results").rglob(f"*{SUFFIX}"))
    if not found:
        said = " ".join(printed.getvalue().split())[-400:] or "it says nothing"
        raise outputs.NoResult(f"sae-bench's {name} left no result: {said}")
    value: dict[str, Any] = outputs.finite(json.loads(found[0].read_text()))
    outputs.check(value["eval_type_id"], value)
    place = subject.writer.folder / value["eval_type_id"]
    place.mkdir(parents=True, exist_ok=True)
    shutil.copy(found[0], place / f"{subject.writer.name}{SUFFIX}")
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
        "data": {name: data_sets.identity(name, subject.plan.data_dir) for name in read},
    }
