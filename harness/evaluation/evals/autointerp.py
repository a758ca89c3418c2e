"""Automatic interpretability: can a judge say what a latent stands for, so that it tells where the latent is on?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.evaluation.evals.base import Eval, Planned, Reads
from harness.evaluation.judging.judge import missing_for
from harness.evaluation.scoring.writer import ResultFile, Writer
from harness.read.kept_text import TextRequest, kept_rows
from harness.read.splits import Split

if TYPE_CHECKING:
    from harness.evaluation.measures.autointerp import Interpreted
    from harness.evaluation.scoring.scores import Found
    from harness.evaluation.scoring.subjects import FullSubject, Subject, TinySubject

TOKENS = 2_000_000  # of held-out text, to find where latents are on, as sae-bench's autointerp has it
LATENTS = 1000  # that the judge is asked about, as sae-bench's autointerp has it


class Autointerp(Eval):
    """Questions are the same every time: one repeat."""

    name = "autointerp"
    metrics = ("autointerp",)
    batch = 1  # what reads the language model shrinks its own batches; the judge is asked once
    in_default = False
    asks_judge = True
    reads_directions = ("tiny", "full")
    scored_by_split = ("tiny", "full")
    result = ResultFile("autointerp", "autointerp/eval_output_schema_autointerp.json")

    def text(self, of: Reads, split: Split, tokens: int = TOKENS) -> TextRequest:
        return TextRequest(
            model=of.model,
            dataset=of.dataset,
            tokens=tokens,
            split=split,
            context=of.context,
            seed=2,
            pool_tokens=of.pool_tokens,
        )

    def missing(self, plan: Planned) -> list[str]:
        return [*missing_for(plan.judge, plan.judge_url), *super().missing(plan)]

    def tiny(self, subject: TinySubject) -> Found:
        from harness.evaluation.measures.prepared.sizes import SIZES

        return self._found(subject, subject.model(), SIZES.interpreted_tokens, SIZES.interpreted)

    def full(self, subject: FullSubject) -> Found:
        own = {"latents": LATENTS, "tokens": TOKENS, **subject.settings.get(self.name, {})}
        drawn = {name: own[name] for name in ("seed", "rows") if name in own}
        return self._found(subject, subject.model(), own["tokens"], own["latents"], **drawn)

    def _found(self, subject: Subject, model: Any, tokens: int, latents: int, **drawn: int) -> Found:
        """The judge is asked about so many latents, found by so many tokens of held-out text; `drawn`: seed and rows at once."""
        import torch

        from harness.evaluation.measures.autointerp import interpret
        from harness.evaluation.scoring.scores import Found, over_repeats

        given = subject.submission
        assert subject.judge is not None  # asked for beforehand: missing
        ids = torch.from_numpy(kept_rows(self.text(given, subject.split, tokens))).to(given.sae.device)
        found = interpret(given.sae, model, ids, subject.judge, latents, given.dataset, **drawn)
        subject.write(self.result, self.output, found)
        return Found(over_repeats([found.scores()]), {"autointerp": found.details()})

    def output(self, writer: Writer, found: Interpreted) -> Any:
        """The judge is named in `eval_result_unstructured`."""
        from harness.evaluation.upstream.autointerp import output as their

        return their.AutoInterpEvalOutput(
            eval_config=found.config,
            eval_result_metrics=their.AutoInterpMetricCategories(
                autointerp=their.AutoInterpMetrics(
                    autointerp_score=found.scores()["autointerp"],
                    autointerp_std_dev=found.details()["standard_deviation"],
                )
            ),
            eval_result_details=[],
            eval_result_unstructured={"judge": found.judge, "latents": found.by_latent},
            **writer.common(),
        )
