"""Core: how well activations are rebuilt, how distinct latents are, what the language model makes of the reconstruction."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.evaluation.evals.base import Eval, Reads
from harness.evaluation.scoring.writer import ResultFile, Writer
from harness.read.kept_text import TextRequest, kept_rows

if TYPE_CHECKING:
    from torch import Tensor

    from harness.evaluation.measures.behaviour import Activity
    from harness.evaluation.scoring.scores import Found
    from harness.evaluation.scoring.subjects import FullSubject, Subject, TinySubject

ROWS = 512  # held-out texts of the run's own data set, for cross-entropy and KL at full scale


class Core(Eval):
    """It draws nothing at random: one repeat."""

    name = "core"
    takes_s = 4.0
    result = ResultFile("core", "core/eval_output_schema_core.json")

    def text(self, of: Reads, rows: int = ROWS) -> TextRequest:
        return TextRequest(of.model, of.dataset, rows * (of.context - 1), "heldout", of.context, seed=1)

    def tiny(self, subject: TinySubject) -> Found:
        return self._found(subject, subject.model(), subject.artifacts().tokens, subject.artifacts().stream)

    def full(self, subject: FullSubject) -> Found:
        """As at tiny scale, on more of the run's own held-out text."""
        import torch

        given, model = subject.submission, subject.model()
        rows = int(subject.settings.get(self.name, {}).get("rows", ROWS))
        tokens = torch.from_numpy(kept_rows(self.text(given, rows))[:rows]).to(subject.device)
        hook = given.sae.cfg.hook_name
        with torch.no_grad():
            read = [
                model.run_with_cache(part, names_filter=[hook], stop_at_layer=given.layer + 1)[1][hook].float()
                for part in tokens.split(16)
            ]
        return self._found(subject, model, tokens, torch.cat(read))

    def _found(self, subject: Subject, model: Any, tokens: Tensor, stream: Tensor) -> Found:
        """From held-out `tokens` [n, context], their activations [n, context, d_in] and the subject's own."""
        from harness.evaluation.measures.behaviour import activity, core_scores
        from harness.evaluation.measures.prepared.artifacts import special_tokens
        from harness.evaluation.measures.reconstruction import reconstruct
        from harness.evaluation.measures.separation import separation
        from harness.evaluation.scoring import distributions
        from harness.evaluation.scoring.scores import Found, over_repeats

        sae = subject.submission.sae
        rebuilt = reconstruct(subject.submission, subject.activations)
        special = special_tokens(model.tokenizer)
        downstream = core_scores(sae, model, tokens, special)
        ours = {name: value for name, value in vars(rebuilt).items() if name != "counts"}
        ours |= {name: downstream[name] for name in ("ce_loss_score", "kl_div_score")}
        details: dict[str, Any] = {}
        if (W_dec := subject.submission.directions) is not None:
            apart = separation(W_dec.cpu(), rebuilt.counts)
            ours |= apart.scores()
            details = distributions.of_latents(W_dec.cpu(), rebuilt.counts, len(subject.activations))
            if why := apart.undefined():
                details["undefined"] = why
        if subject.writer is not None:
            known = {**ours, "tokens": len(subject.activations)}
            found = activity(sae, tokens, stream, special)
            subject.write(self.result, self.output, known, downstream, found, tokens.numel())
        return Found(over_repeats([ours]), details)

    def output(
        self, writer: Writer, ours: Mapping[str, float], downstream: Mapping[str, float], found: Activity, tokens: int
    ) -> Any:
        """What is ours (explained variance, mse, cosine, L0, living latents) stands in place of sae-bench's figures."""
        from harness.evaluation.upstream.core import convert_feature_metrics
        from harness.evaluation.upstream.core import output as their

        whole = {
            **found.whole,
            **downstream,
            "explained_variance": ours["explained_variance"],
            "mse": ours["mse"],
            "cossim": ours["cosine"],
            "l0": ours["l0"],
            "frac_alive": 1 - ours["dead_latents"],
            # A program may name no directions.
            "average_max_decoder_cosine_sim": ours.get("decoder_cosine", math.nan),
            "total_tokens_eval_reconstruction": tokens,
            "total_tokens_eval_sparsity_variance": int(ours["tokens"]),
        }

        def filled(kind: Any) -> Any:
            return kind(**{name: whole.get(name, math.nan) for name in kind.__dataclass_fields__})

        per_latent = "encoder_norm" in found.latents  # not for an exported program
        given = writer.submission
        return their.CoreEvalOutput(
            eval_config=their.CoreEvalConfig(**writer.config(), dataset=given.dataset, context_size=given.context),
            eval_result_metrics=their.CoreMetricCategories(
                model_behavior_preservation=filled(their.ModelBehaviorPreservationMetrics),
                model_performance_preservation=filled(their.ModelPerformancePreservationMetrics),
                reconstruction_quality=filled(their.ReconstructionQualityMetrics),
                shrinkage=filled(their.ShrinkageMetrics),
                sparsity=filled(their.SparsityMetrics),
                token_stats=filled(their.TokenStatsMetrics),
                misc_metrics=filled(their.MiscMetrics),
            ),
            eval_result_details=convert_feature_metrics(found.latents) if per_latent else [],
            **writer.common(),
        )
