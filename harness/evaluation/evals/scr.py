"""SCR, spurious correlation removal: can one of two confused attributes be turned off alone?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.evaluation.evals.ablating import Ablating
from harness.evaluation.scoring.writer import ResultFile, Writer

if TYPE_CHECKING:
    from harness.evaluation.measures.ablation import Ablated
    from harness.evaluation.scoring.scores import Found
    from harness.evaluation.scoring.subjects import FullSubject, TinySubject
    from harness.evaluation.scoring.whole_runs import WholeRun


class Scr(Ablating):
    """One of two confused attributes is turned off; scored by the accuracy on the other."""

    name = "scr"
    metrics = ("scr_top_5", "scr_top_20")
    result = ResultFile("scr", "scr_and_tpp/eval_output_schema_scr.json")

    def tiny(self, subject: TinySubject) -> Found:
        from harness.evaluation.measures import ablation
        from harness.evaluation.scoring.scores import Found, over_repeats

        found = ablation.scr(subject.submission.sae, subject.artifacts().scr)
        subject.write(self.result, self.output, found)
        scores = {f"scr_top_{n}": found.results[f"scr_metric_threshold_{n}"] for n in ablation.TOPS}
        return Found(over_repeats([scores]), {"scr": {**found.results, "clean_accuracy": found.clean}})

    def full(self, subject: FullSubject) -> Found:
        from harness.evaluation.measures import ablation
        from harness.evaluation.scoring.scores import Found, over_repeats
        from harness.evaluation.scoring.whole_runs import run_with_artifacts

        run = self.whole_run(subject)
        means = run_with_artifacts(subject, run)["eval_result_metrics"]["scr_metrics"]
        tops = [n for n in ablation.TOPS if n in run.config.n_values]
        found = ablation.with_metric({key: float(value) for key, value in means.items() if value is not None}, tops)
        return Found(over_repeats([{f"scr_top_{n}": found[f"scr_metric_threshold_{n}"] for n in tops}]), {"scr": found})

    def whole_run(self, subject: FullSubject) -> WholeRun:
        """sae-bench's own."""
        from harness.evaluation.scoring.whole_runs import WholeRun, settled
        from harness.evaluation.upstream.ablation import main
        from harness.evaluation.upstream.ablation import output as their
        from harness.evaluation.upstream.whole import dataset_info

        config = settled(subject, self.name, their.ScrAndTppEvalConfig, perform_scr=True)
        pairs = sum(len(config.column1_vals_lookup[each]) for each in config.dataset_names)
        classes = pairs * 2 * len(dataset_info.PAIRED_CLASS_KEYS)
        return WholeRun(self.name, main.run_eval, config, self.data_sets, self.result, classes)

    def output(self, writer: Writer, found: Ablated) -> Any:
        """The scores of WordNet's plants, woody or herbaceous, under sae-bench's names."""
        from harness.evaluation.measures.ablation import READ, TOPS
        from harness.evaluation.upstream.ablation import output as their

        return their.ScrEvalOutput(
            eval_config=their.ScrAndTppEvalConfig(
                **writer.config(),
                **READ,
                perform_scr=True,
                dataset_names=["wordnet"],
                n_values=list(TOPS),
                column1_vals_lookup={"wordnet": [("woody", "herbaceous")]},
            ),
            eval_result_metrics=their.ScrMetricCategories(scr_metrics=their.ScrMetrics(**found.results)),
            eval_result_details=[their.ScrResultDetail(dataset_name="wordnet_results", **found.results)],
            eval_result_unstructured=found.clean,
            **writer.common(),
        )
