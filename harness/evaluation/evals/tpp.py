"""TPP, targeted probe perturbation: can one class be turned off without the others?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.evaluation.evals.ablating import Ablating
from harness.evaluation.scoring.writer import ResultFile, Writer

if TYPE_CHECKING:
    from harness.evaluation.measures.ablation import Ablated
    from harness.evaluation.scoring.scores import Found
    from harness.evaluation.scoring.subjects import FullSubject, TinySubject
    from harness.evaluation.scoring.whole_runs import WholeRun


class Tpp(Ablating):
    """One class is turned off; scored by what its probe loses and the others keep."""

    name = "tpp"
    metrics = ("tpp_top_5", "tpp_top_20")
    result = ResultFile("tpp", "scr_and_tpp/eval_output_schema_tpp.json")

    def tiny(self, subject: TinySubject) -> Found:
        from harness.evaluation.measures import ablation
        from harness.evaluation.scoring.scores import Found, over_repeats

        found = ablation.tpp(subject.submission.sae, subject.artifacts().tpp())
        subject.write(self.result, self.output, found)
        scores = {f"tpp_top_{n}": found.results[f"tpp_threshold_{n}_total_metric"] for n in ablation.TOPS}
        return Found(over_repeats([scores]), {"tpp": {**found.results, "clean_accuracy": found.clean}})

    def full(self, subject: FullSubject) -> Found:
        from harness.evaluation.measures.ablation import TOPS
        from harness.evaluation.scoring.scores import Found, over_repeats
        from harness.evaluation.scoring.whole_runs import run_with_artifacts

        run = self.whole_run(subject)
        means = run_with_artifacts(subject, run)["eval_result_metrics"]["tpp_metrics"]
        found = {key: float(value) for key, value in means.items() if value is not None}
        tops = [n for n in TOPS if n in run.config.n_values]
        scores = {f"tpp_top_{n}": found[f"tpp_threshold_{n}_total_metric"] for n in tops}
        return Found(over_repeats([scores]), {"tpp": found})

    def whole_run(self, subject: FullSubject) -> WholeRun:
        """sae-bench's own."""
        from harness.evaluation.scoring.whole_runs import WholeRun, settled
        from harness.evaluation.upstream.ablation import main
        from harness.evaluation.upstream.ablation import output as their
        from harness.evaluation.upstream.whole import classes_of

        config = settled(subject, self.name, their.ScrAndTppEvalConfig, perform_scr=False)
        classes = classes_of(config.dataset_names)
        return WholeRun(self.name, main.run_eval, config, self.data_sets, self.result, classes)

    def output(self, writer: Writer, found: Ablated) -> Any:
        """The scores of classes of WordNet's glosses; each class's own are in `eval_result_unstructured`."""
        from harness.evaluation.measures.ablation import READ, TOPS
        from harness.evaluation.upstream.ablation import output as their

        return their.TppEvalOutput(
            eval_config=their.ScrAndTppEvalConfig(
                **writer.config(), **READ, perform_scr=False, dataset_names=["wordnet"], n_values=list(TOPS)
            ),
            eval_result_metrics=their.TppMetricCategories(tpp_metrics=their.TppMetrics(**found.results)),
            eval_result_details=[their.TppResultDetail(dataset_name="wordnet_results", **found.results)],
            eval_result_unstructured={"wordnet": found.by_class},
            **writer.common(),
        )
