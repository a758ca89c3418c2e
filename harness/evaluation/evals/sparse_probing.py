"""Sparse probing: can one, two or five latents tell a class of texts from the others?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

from harness.evaluation.data_sets import BIOS, EUROPARL, GITHUB, NEWS, REVIEWS
from harness.evaluation.evals.base import Eval
from harness.evaluation.scoring.writer import ResultFile, Writer

if TYPE_CHECKING:
    from harness.evaluation.measures.probing import Probed
    from harness.evaluation.scoring.scores import Found
    from harness.evaluation.scoring.subjects import FullSubject, TinySubject
    from harness.evaluation.scoring.whole_runs import WholeRun


class SparseProbing(Eval):
    """Repeats differ in the negatives that are drawn."""

    name = "sparse_probing"
    metrics = ("probing_top_1", "probing_top_2", "probing_top_5")
    reads_directions = ("full",)
    scored_by_split = ("tiny",)
    sae_batch = 125  # as sae-bench has it
    data_sets = (BIOS, REVIEWS, GITHUB, NEWS, EUROPARL)
    result = ResultFile("sparse_probing", "sparse_probing/eval_output_schema_sparse_probing.json")

    def tiny(self, subject: TinySubject) -> Found:
        from harness.evaluation.measures.probing import mean_codes, probing_scores
        from harness.evaluation.scoring import distributions
        from harness.evaluation.scoring.scores import Found, over_repeats

        data = subject.artifacts().probing
        codes = mean_codes(subject.submission.sae, data)
        found = [probing_scores(*codes, repeat) for repeat in range(subject.repeats)]
        glosses = [len(next(iter(part.values()))) for part in (data.train, data.test)]
        subject.write(self.result, self.output, found, data.llm, glosses)
        details = distributions.by_class(found) | {"probing_language_model": data.llm}
        return Found(over_repeats([each.scores() for each in found]), details)

    def full(self, subject: FullSubject) -> Found:
        from harness.evaluation.scoring.scores import Found, over_repeats
        from harness.evaluation.scoring.whole_runs import run_with_artifacts

        run = self.whole_run(subject)
        means = run_with_artifacts(subject, run)["eval_result_metrics"]
        by_k = {str(k): means["sae"][f"sae_top_{k}_test_accuracy"] for k in run.config.k_values}
        scores = {f"probing_top_{k}": accuracy for k, accuracy in by_k.items()}
        return Found(over_repeats([scores]), {"probing_by_k": by_k, "probing_language_model": means["llm"]})

    def whole_run(self, subject: FullSubject) -> WholeRun:
        """sae-bench's own."""
        from harness.evaluation.scoring.whole_runs import WholeRun, settled
        from harness.evaluation.upstream.probing import config, main
        from harness.evaluation.upstream.whole import classes_of

        settings = settled(subject, self.name, config.SparseProbingEvalConfig)
        classes = classes_of(settings.dataset_names)
        return WholeRun(self.name, main.run_eval, settings, self.data_sets, self.result, classes)

    def output(
        self, writer: Writer, repeats: Sequence[Probed], llm: Mapping[str, float], glosses: Sequence[int]
    ) -> Any:
        """Means over repeats; `glosses` are the numbers of training and test texts of a class."""
        from harness.evaluation.upstream.probing import config
        from harness.evaluation.upstream.probing import output as their

        sae = {
            f"sae_top_{k}_test_accuracy": fmean(each.scores()[f"probing_top_{k}"] for each in repeats)
            for k in repeats[0].accuracy
        }
        return their.SparseProbingEvalOutput(
            eval_config=config.SparseProbingEvalConfig(
                **writer.config(),
                dataset_names=["wordnet"],
                k_values=list(repeats[0].accuracy),
                probe_train_set_size=2 * glosses[0],
                probe_test_set_size=2 * glosses[1],
            ),
            eval_result_metrics=their.SparseProbingMetricCategories(
                llm=their.SparseProbingLlmMetrics(**llm), sae=their.SparseProbingSaeMetrics(**sae)
            ),
            eval_result_details=[their.SparseProbingResultDetail(dataset_name="wordnet_results", **llm, **sae)],
            eval_result_unstructured=[each.accuracy for each in repeats],
            **writer.common(),
        )
