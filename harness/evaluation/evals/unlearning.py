"""Unlearning: do a few latents hold one field of knowledge, so that clamping them takes it away and no other?"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.evaluation.data_sets import FORGET_FILE, QUESTIONS, WIKITEXT
from harness.evaluation.evals.base import Eval, Planned
from harness.evaluation.scoring.writer import ResultFile, Writer
from harness.read.lm import LOCAL_MODEL, lacking_model, model_folder

if TYPE_CHECKING:
    from harness.evaluation.measures.unlearning import Unlearned
    from harness.evaluation.scoring.scores import Found
    from harness.evaluation.scoring.subjects import FullSubject, Subject, TinySubject


class Unlearning(Eval):
    """At full scale its questions are asked of the instruction-tuned sibling of the run's language model."""

    name = "unlearning"
    metrics = ("unlearning",)
    in_default = False
    batch = 4
    reads_directions = ("full",)
    data_sets = (*QUESTIONS, WIKITEXT)
    result = ResultFile("unlearning", "unlearning/eval_output_schema_unlearning.json")

    def own_model(self, model: str) -> str:
        """As the Gemma family names it."""
        return model if model.endswith("-it") else f"{model}-it"

    def missing(self, plan: Planned) -> list[str]:
        if plan.form == "full":
            return [*self._model_missing(plan), *super().missing(plan), *_corpus_missing(plan)]
        if plan.language_model not in (LOCAL_MODEL, str(model_folder(LOCAL_MODEL))):
            return [f"its local questions are for {LOCAL_MODEL}, not for {plan.language_model}"]
        return []

    def _model_missing(self, plan: Planned) -> list[str]:
        asked = self.own_model(plan.language_model)
        lacking = lacking_model(asked)
        return [f"its questions are asked of the instruction-tuned {asked}: {lacking}"] if lacking else []

    def tiny(self, subject: TinySubject) -> Found:
        from harness.evaluation.measures.prepared.exam import load_exam
        from harness.evaluation.measures.unlearning import tiny

        exam = load_exam(subject.submission.model, subject.submission.layer)
        return self._found(subject, tiny(subject.submission.sae, subject.model(), exam))

    def full(self, subject: FullSubject) -> Found:
        from harness.evaluation.measures.unlearning_full import full
        from harness.evaluation.upstream.lens import load_hooked

        given = subject.submission
        name = self.own_model(given.model)
        asked = load_hooked(name, subject.device, given.lm_dtype)
        sae = copy.deepcopy(given.sae).to(dtype=asked.cfg.dtype)
        data_dir = subject.data_dir or Path.cwd()
        return self._found(subject, full(sae, asked, data_dir, name, subject.settings.get(self.name)))

    def _found(self, subject: Subject, found: Unlearned) -> Found:
        from harness.evaluation.scoring.scores import Found, over_repeats

        subject.write(self.result, self.output, found)
        return Found(over_repeats([found.scores()]), {"unlearning": found.details()})

    def output(self, writer: Writer, found: Unlearned) -> Any:
        """The sweep is in `eval_result_unstructured`."""
        from harness.evaluation.upstream import unlearning as their

        return their.UnlearningEvalOutput(
            eval_config=their.UnlearningEvalConfig(**{"llm_batch_size": self.batch, **found.config, **writer.config()}),
            eval_result_metrics=their.UnlearningMetricCategories(
                unlearning=their.UnlearningMetrics(unlearning_score=found.score)
            ),
            eval_result_details=[],
            eval_result_unstructured=found.details(),
            **writer.common(),
        )


def _corpus_missing(plan: Planned) -> list[str]:
    """The one file that the hub does not give to everybody."""
    if plan.data_dir is not None and (plan.data_dir / FORGET_FILE).is_file():
        return []
    where = plan.data_dir / FORGET_FILE if plan.data_dir else f"FOLDER/{FORGET_FILE}, and name --data_dir=FOLDER"
    return [
        f"the forget corpus {FORGET_FILE} is not here: it is given out on request (the form is on the hub's page of "
        f"cais/wmdp-corpora); put it at {where}"
    ]
