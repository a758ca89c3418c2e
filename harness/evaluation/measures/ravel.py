"""RAVEL: do a few latents hold one attribute of a thing, so that exchanging them changes that answer and no other?

Huang et al. 2024, with the differentiable binary mask of sae-bench: at the last token of an entity (Paris) the masked latents
are replaced by those of another entity (Tokyo). Cause: the answer about one attribute (its country) becomes the other's.
Isolation: answers about other attributes (its continent) stay. Disentanglement is the mean of the two; 0.5 is a mask that
is empty, or full.

full   all of it is sae-bench's, on its own data (cities and Nobel laureates) and only on what the model answers rightly.
tiny   out of reach, and said so: of things of one kind the shipped model must know two attributes, and `knowledge`
       measures that it knows one, the first letter of a word. Without a second there is nothing to isolate.
"""

from __future__ import annotations

import json
import math
import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from harness.cache import Cache, Draft, key_of
from harness.content import content_hash
from harness.errors import HarnessError
from harness.evaluation.prepared import data_sets
from harness.evaluation.upstream import interventions as upstream
from harness.hub import data_set_revision
from harness.lm import LM, LOCAL_MODEL, load_lm, local_folder
from harness.text import SPELLING_PROMPT, entries, letter_of, spelling_words

if TYPE_CHECKING:
    from harness.evaluation.evals import Plan

DATA_SET = "adamkarvonen/ravel_prompts"
DATA_SETS = (DATA_SET,)
PARTS = ("entity_attributes", "entity_to_split", "attribute_to_prompts", "prompt_to_split")
# sae-bench finds the blocks of these and of GPT-NeoX alone, and `tupled_blocks` mends those of Gemma-2 (faults I6, I10).
ARCHITECTURES = ("Gemma2ForCausalLM",)
MARGIN = 0.1  # an attribute is known where it is answered so much better than by the same answer always
SAMPLE = 400  # entities asked for each attribute
NATIONALITY = re.compile(
    "(United States|English|French|German|Italian|British|Scottish|Russian|Austrian|Swiss|Dutch|Swedish|Spanish|Irish|Greek"
    r"|Roman|Norwegian|Danish|Hungarian|Polish) (\w+)"
)


class RavelError(HarnessError):
    """RAVEL cannot be measured with this language model or these data."""


@dataclass(frozen=True)
class Known:
    """How well a model answers about one attribute of entities of one kind."""

    kind: str
    attribute: str
    accuracy: float
    majority: float  # of the answer that is most often right, given always
    n: int

    @property
    def is_known(self) -> bool:
        return self.accuracy >= self.majority + MARGIN

    def __str__(self) -> str:
        return f"{self.attribute} of a {self.kind} {self.accuracy:.2f} (the same answer always: {self.majority:.2f})"


def knowledge(lm: LM, sample: int = SAMPLE) -> list[Known]:
    """What the model knows of the attributes that WordNet and its spelling give, generated and judged by sae-bench's functions."""
    asked = [*_words(lm), *_people()]
    return [
        _ask(lm, kind, name, template, random.Random(0).sample(pairs, min(sample, len(pairs))))
        for kind, name, template, pairs in asked
    ]


Attribute = tuple[str, str, str, list[tuple[str, str]]]  # kind, attribute, template, (entity, right answer)


def _words(lm: LM) -> list[Attribute]:
    """Words of one token: their first letter, and the word that their gloss begins with (a thing, a deed, a quality)."""
    openings: dict[str, str] = {}
    for split in ("train", "heldout"):
        for entry in entries(split):
            for word in entry.words:
                openings.setdefault(word, entry.gloss.split()[0].strip("("))
    words = [word for word in spelling_words(lm.tokenizer) if word.strip() in openings]
    return [
        ("word", "first letter", f"\n%s{SPELLING_PROMPT}", [(word, letter_of(word).strip()) for word in words]),
        ("word", "opening of its gloss", "%s:", [(word, openings[word.strip()]) for word in words]),
    ]


def _people() -> list[Attribute]:
    """People by name: nationality, and occupation of those from the United States, as their gloss begins."""
    nations, occupations = [], []
    for entry in entries("train"):
        match = NATIONALITY.match(entry.gloss)
        if entry.lexname == "noun.person" and match and entry.words[0][0].isupper():
            name = ", ".join(entry.words[:3])
            nations.append((name, match[1]))
            if match[1] == "United States":
                occupations.append((name, match[2]))
    return [("person", "nationality", "%s:", nations), ("person", "occupation", "%s: United States", occupations)]


def _ask(lm: LM, kind: str, attribute: str, template: str, pairs: list[tuple[str, str]]) -> Known:
    prompts = [template % entity for entity, _ in pairs]
    with upstream.upstream.quiet(), torch.no_grad():
        said = upstream.generate_batched(
            lm.model, lm.tokenizer, lm.tokenizer(prompts)["input_ids"], max_new_tokens=3, llm_batch_size=128
        )
    right = [
        upstream.evaluate_completion(prompt, label, completion)
        for prompt, (_, label), completion in zip(prompts, pairs, said, strict=True)
    ]
    most = Counter(label for _, label in pairs).most_common(1)[0][1]
    return Known(kind, attribute, sum(right) / len(pairs), most / len(pairs), len(pairs))


def shortfall(found: list[Known]) -> list[str]:
    """Empty where two attributes of entities of one kind are known; else why RAVEL has no meaning here."""
    known = Counter(each.kind for each in found if each.is_known)
    if max(known.values(), default=0) >= 2:
        return []
    return [
        "out of reach for this model: it must know two attributes of things of one kind, so that one can be changed and the "
        f"other stay. Measured: {'; '.join(map(str, found))}"
    ]


@dataclass(frozen=True)
class Disentangled:
    """sae-bench's scores, means over the attributes of each kind of entity, then over kinds."""

    disentanglement: float
    cause: float
    isolation: float
    by_attribute: dict[str, dict[str, float]]

    def scores(self) -> dict[str, float]:
        """The metric by name."""
        return {"ravel": self.disentanglement}

    def details(self) -> dict[str, Any]:
        """Everything else, for the evaluator's file."""
        return {"cause": self.cause, "isolation": self.isolation, "by_attribute": self.by_attribute}


def missing(plan: Plan) -> list[str]:
    """What RAVEL needs and lacks, before it is run; empty where all is there. At tiny scale the model is asked (10 s)."""
    if plan.scale != "full":
        return shortfall(knowledge(load_lm(LOCAL_MODEL)))
    folder = local_folder(plan.language_model)  # None: evals.missing says whether it can be had
    if folder and (found := unfit(folder, plan.language_model)):
        return found
    if found := data_sets.missing(DATA_SET, plan.data_dir):
        return found
    if (data := data_sets.in_folder([DATA_SET], plan.data_dir).get(Path(DATA_SET))) is None:
        return []
    kinds = upstream.RAVELEvalConfig().entity_attribute_selection
    return [
        f"{data / file} is not there: it belongs to the data set {DATA_SET}"
        for kind in kinds
        for file in _files(kind)
        if not (data / file).is_file()
    ]


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


def _files(kind: str) -> list[str]:
    return [f"ravel_{kind}_{part}.json" for part in PARTS]


def data_folder(data_dir: Path | None) -> Path:
    """The folder with RAVEL's JSON files: below `data_dir`, in the cache, or the hub's snapshot, downloaded where it is not there
    (fault I7)."""
    if data := data_sets.in_folder([DATA_SET], data_dir).get(Path(DATA_SET)):
        return data
    from huggingface_hub import snapshot_download

    revision = data_set_revision(DATA_SET, None)
    return Path(snapshot_download(DATA_SET, repo_type="dataset", revision=revision, allow_patterns="*.json"))


def full(sae: Any, lm: LM, model_folder: Path, data: Path, settings: Mapping[str, Any] | None = None) -> Disentangled:
    """The scores on sae-bench's own data in folder `data`; `settings` go into its config.

    Raises RavelError where the model is of a kind that sae-bench cannot read (`unfit`), or answers too little rightly for
    its masks to be trained and scored.
    """
    if lacking := unfit(model_folder, lm.name):
        raise RavelError(f"RAVEL cannot be scored: {lacking[0]}")
    dtype = str(lm.model.dtype).removeprefix("torch.")
    config = upstream.RAVELEvalConfig(model_name="model", llm_dtype=dtype, **{"llm_batch_size": 32, **(settings or {})})
    prompts = {kind: _known_prompts(lm, model_folder, data, config, kind) for kind in config.entity_attribute_selection}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, path in prompts.items():
            shutil.copy(path, folder / upstream.get_instance_name(kind, "model", None, config.top_n_entities))
        config.artifact_dir = str(folder)
        try:
            with upstream.own_data(folder, {Path("model"): model_folder}), upstream.tupled_blocks(lm.model):
                means, by_class = upstream.ravel.run_eval_single_sae(
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
    return Disentangled(found["disentangle_score"], found["cause_score"], found["isolation_score"], by_attribute)


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
        "data": key_of({name: content_hash(data / name) for name in _files(kind)}),
    }

    def make(draft: Draft) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            config.artifact_dir = name
            asked = upstream.RAVELEvalConfig(**asdict(config) | {"llm_batch_size": 8 * config.llm_batch_size})
            with upstream.own_data(folder, {Path("base"): data}):
                instance = upstream.RAVELInstance.create_from_files(
                    asked, kind, str(folder), lm.tokenizer, lm.model, "model", fields["attributes"]
                )
                instance.create_and_save_filtered_dataset(str(folder), config.top_n_entities)
            made = folder / upstream.get_instance_name(kind, "model", None, config.top_n_entities)
            draft.write(file, made.read_bytes())

    return Cache().get("ravel", fields, make) / file


def output(writer: Any, found: Disentangled) -> Any:
    """The scores as sae-bench writes them."""
    return upstream.RAVELEvalOutput(
        eval_config=upstream.RAVELEvalConfig(**writer.config()),
        eval_result_metrics=upstream.RAVELMetricCategories(
            ravel=upstream.RAVELMetricResults(
                disentanglement_score=found.disentanglement, cause_score=found.cause, isolation_score=found.isolation
            )
        ),
        eval_result_details=[],
        eval_result_unstructured=found.by_attribute,
        **writer.common(),
    )
