"""RAVEL: do a few latents hold one attribute of a thing, so that exchanging them changes that answer and no other?"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import HarnessError
from harness.evaluation import data_sets
from harness.evaluation.data_sets import RAVEL
from harness.evaluation.evals.base import Eval, Planned
from harness.evaluation.scoring.writer import ResultFile, Writer
from harness.read.hub import data_set_revision
from harness.read.lm import LOCAL_MODEL, load_lm, local_folder, model_folder

if TYPE_CHECKING:
    from harness.evaluation.measures.ravel import Disentangled
    from harness.evaluation.scoring.scores import Found
    from harness.evaluation.scoring.subjects import FullSubject, TinySubject


class Ravel(Eval):
    """It changes the language model itself, so that it reads it as transformers has it."""

    name = "ravel"
    metrics = ("ravel",)
    in_default = False
    batch = 8  # of the prompts that train its mask; of those that it asks first, 8 times as many
    data_sets = (RAVEL,)
    result = ResultFile("ravel", "ravel/eval_output_schema_ravel.json")

    def own_model(self, model: str) -> str:
        return model

    def missing(self, plan: Planned) -> list[str]:
        """At tiny scale the model is asked what it knows (10 s)."""
        if plan.form != "full":
            from harness.evaluation.measures.knowledge import knowledge, shortfall

            return shortfall(knowledge(load_lm(LOCAL_MODEL)))
        from harness.evaluation.measures.ravel import unfit

        folder = local_folder(plan.language_model)  # None: what the plan lacks says whether it can be had
        if folder and (found := unfit(folder, plan.language_model)):
            return found
        return super().missing(plan) or _files_missing(plan)

    def tiny(self, subject: TinySubject) -> Found:
        raise HarnessError(f"{self.name} is scored at full scale alone")

    def full(self, subject: FullSubject) -> Found:
        import torch

        from harness.evaluation.measures.ravel import full
        from harness.evaluation.scoring.scores import Found, over_repeats

        given = subject.submission
        dtype = getattr(torch, given.lm_dtype)
        lm = load_lm(given.model, subject.device, dtype)
        sae = copy.deepcopy(given.sae).to(dtype=dtype)
        data = data_folder(subject.data_dir)
        found = full(sae, lm, model_folder(given.model), data, subject.settings.get(self.name))
        subject.write(self.result, self.output, found)
        return Found(over_repeats([found.scores()]), {"ravel": found.details()})

    def output(self, writer: Writer, found: Disentangled) -> Any:
        """The scores by attribute are in `eval_result_unstructured`."""
        from harness.evaluation.upstream import ravel as their

        return their.RAVELEvalOutput(
            eval_config=their.RAVELEvalConfig(**{**found.config, **writer.config()}),
            eval_result_metrics=their.RAVELMetricCategories(
                ravel=their.RAVELMetricResults(
                    disentanglement_score=found.disentanglement,
                    cause_score=found.cause,
                    isolation_score=found.isolation,
                )
            ),
            eval_result_details=[],
            eval_result_unstructured=found.by_attribute,
            **writer.common(),
        )


def _files_missing(plan: Planned) -> list[str]:
    """Of the files of the data set, those that are not in its folder."""
    if (data := data_sets.in_folder([RAVEL], plan.data_dir).get(Path(RAVEL))) is None:
        return []
    from harness.evaluation.measures.ravel import files_of
    from harness.evaluation.upstream.ravel import RAVELEvalConfig

    return [
        f"{data / file} is not there: it belongs to the data set {RAVEL}"
        for kind in RAVELEvalConfig().entity_attribute_selection
        for file in files_of(kind)
        if not (data / file).is_file()
    ]


def data_folder(data_dir: Path | None) -> Path:
    """The folder with RAVEL's JSON files: below `data_dir`, in the cache, or the hub's snapshot, downloaded where it is not there
    (fault I7)."""
    if data := data_sets.in_folder([RAVEL], data_dir).get(Path(RAVEL)):
        return data
    from huggingface_hub import snapshot_download

    revision = data_set_revision(RAVEL, None)
    return Path(snapshot_download(RAVEL, repo_type="dataset", revision=revision, allow_patterns="*.json"))
