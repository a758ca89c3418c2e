"""RAVEL: do a few latents hold one attribute of a thing, so that exchanging them changes that answer and no other?

Huang et al. 2024, with the differentiable binary mask of sae-bench: at the last token of an entity (Paris) the masked latents
are replaced by those of another entity (Tokyo). Cause: the answer about one attribute (its country) becomes the other's.
Isolation: answers about other attributes (its continent) stay. Disentanglement is the mean of the two; 0.5 is a mask that
is empty, or full.

full   all of it is sae-bench's, on its own data (cities and Nobel laureates) and only on what the model answers rightly.
tiny   out of reach, and said so: of things of one kind the shipped model must know two attributes, and knowledge.py
       measures that it knows one, the first letter of a word. Without a second there is nothing to isolate.
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from harness.errors import HarnessError
from harness.evaluation.upstream import ravel as upstream
from harness.evaluation.upstream.whole import own_data
from harness.read.lm import LM
from harness.store.cache import Cache, Draft, key_of
from harness.store.content import content_hash

PARTS = ("entity_attributes", "entity_to_split", "attribute_to_prompts", "prompt_to_split")
# The mask is trained by steps of so many pairs, so this is its learning rate's other half: 8 is what SAEBench's published runs have
# (a quarter of the 32 texts that gemma-2-2b reads at once), and its README asks for one size for all.
BATCH = 8
# sae-bench finds the blocks of these and of GPT-NeoX alone, and `tupled_blocks` mends those of Gemma-2 (faults I6, I10).
ARCHITECTURES = ("Gemma2ForCausalLM",)


class RavelError(HarnessError):
    """RAVEL cannot be measured with this language model or these data."""


@dataclass(frozen=True)
class Disentangled:
    """sae-bench's scores, means over the attributes of each kind of entity, then over kinds."""

    disentanglement: float
    cause: float
    isolation: float
    by_attribute: dict[str, dict[str, float]]
    config: Mapping[str, Any] = field(default_factory=dict)  # sae-bench's own, as it was run

    def scores(self) -> dict[str, float]:
        """The metric by name."""
        return {"ravel": self.disentanglement}

    def details(self) -> dict[str, Any]:
        """Everything else, for the evaluator's file."""
        return {"cause": self.cause, "isolation": self.isolation, "by_attribute": self.by_attribute}


def unfit(folder: Path, name: str) -> list[str]:
    """Why RAVEL cannot be run on the model in `folder`, which is called `name`: empty where it can."""
    try:
        kinds = json.loads((folder / "config.json").read_text(encoding="utf-8"))["architectures"]
        if kinds[0] in ARCHITECTURES:
            return []
    except (OSError, ValueError, LookupError, TypeError) as error:
        return [
            f"{folder / 'config.json'} does not say what kind of model {name} is ({error!r}): put the model's own there"
        ]
    return [
        f"it runs on {', '.join(ARCHITECTURES)} alone, and {name} is a {kinds[0]}: choose a Gemma-2 model, or leave "
        "ravel out of --evals"
    ]


def files_of(kind: str) -> list[str]:
    """The names of RAVEL's files about things of one kind."""
    return [f"ravel_{kind}_{part}.json" for part in PARTS]


def full(sae: Any, lm: LM, model_folder: Path, data: Path, settings: Mapping[str, Any] | None = None) -> Disentangled:
    """The scores on sae-bench's own data in folder `data`; `settings` go into its config.

    Raises RavelError where the model is of a kind that sae-bench cannot read (`unfit`), or answers too little rightly for
    its masks to be trained and scored.
    """
    if lacking := unfit(model_folder, lm.name):
        raise RavelError(f"RAVEL cannot be scored: {lacking[0]}")
    dtype = str(lm.model.dtype).removeprefix("torch.")
    config = upstream.RAVELEvalConfig(
        model_name="model", llm_dtype=dtype, **{"llm_batch_size": BATCH, **(settings or {})}
    )
    asked = asdict(config)
    prompts = {kind: _known_prompts(lm, model_folder, data, config, kind) for kind in config.entity_attribute_selection}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, path in prompts.items():
            shutil.copy(path, folder / upstream.get_instance_name(kind, "model", None, config.top_n_entities))
        config.artifact_dir = str(folder)
        try:
            with own_data(folder, {Path("model"): model_folder}), upstream.tupled_blocks(lm.model):
                means, by_class = upstream.main.run_eval_single_sae(
                    config, sae, lm.model, str(lm.model.device), str(folder)
                )
        except ValueError as error:  # sae-bench's own word for too few right answers
            raise RavelError(f"RAVEL cannot be scored: {error}; the model answers too little rightly") from error
    found = {name: float(means[name]) for name in ("disentangle_score", "cause_score", "isolation_score")}
    if not all(map(math.isfinite, found.values())):  # fault I9
        raise RavelError(
            f"RAVEL cannot be scored: the model answers too few prompts rightly to fill a batch of {config.llm_batch_size} "
            "pairs of each sort"
        )
    by_attribute = {name: scores for each in by_class.values() for name, scores in each.items()}
    return Disentangled(found["disentangle_score"], found["cause_score"], found["isolation_score"], by_attribute, asked)


def _known_prompts(lm: LM, model_folder: Path, data: Path, config: Any, kind: str) -> Path:
    """The file of prompts of a kind that the model answers rightly, from the cache; asked first where it is not there."""
    file = "prompts.json"
    fields = {
        "format": 1,
        "model": lm.fingerprint,
        "dtype": config.llm_dtype,
        "kind": kind,
        "attributes": config.entity_attribute_selection[kind],
        "top_n": config.top_n_entities,
        "generated": config.n_generated_tokens,
        "data": key_of({name: content_hash(data / name) for name in files_of(kind)}),
    }

    def make(draft: Draft) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            config.artifact_dir = name
            asked = upstream.RAVELEvalConfig(**asdict(config) | {"llm_batch_size": 8 * config.llm_batch_size})
            with own_data(folder, {Path("base"): data}):
                instance = upstream.RAVELInstance.create_from_files(
                    asked, kind, str(folder), lm.tokenizer, lm.model, "model", fields["attributes"]
                )
                instance.create_and_save_filtered_dataset(str(folder), config.top_n_entities)
            made = folder / upstream.get_instance_name(kind, "model", None, config.top_n_entities)
            draft.write(file, made.read_bytes())

    return Cache().get("ravel", fields, make) / file
