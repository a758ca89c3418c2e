"""Core: how well activations are rebuilt, how distinct latents are, what the language model makes of the reconstruction."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import HarnessError
from harness.evaluation.data_sets import OPENWEBTEXT
from harness.evaluation.evals.base import Eval, Reads
from harness.evaluation.protocol import SAEBENCH
from harness.evaluation.scoring.writer import ResultFile, Writer
from harness.read.kept_text import TextRequest, kept_rows
from harness.read.splits import Split

if TYPE_CHECKING:
    from torch import Tensor

    from harness.evaluation.measures.behaviour import Activity
    from harness.evaluation.scoring.scores import Found
    from harness.evaluation.scoring.subjects import FullSubject, Subject, TinySubject

_ROWS_AT_ONCE = 4  # of core_scores; no figure depends on it
_COMPUTED = (
    "compute_kl",
    "compute_ce_loss",
    "compute_l2_norms",
    "compute_sparsity_metrics",
    "compute_variance_metrics",
    "compute_featurewise_density_statistics",
    "compute_featurewise_weight_based_metrics",
)
ROWS = 512  # held-out texts of the run's own data set, for cross-entropy and KL at full scale


class Core(Eval):
    """It draws nothing at random: one repeat."""

    name = "core"
    of_transcoders = True
    of_frontiers = True
    scored_by_split = ("tiny", "full")
    takes_s = 2.5
    batch = 1  # its parts shrink their own batches
    published_data_sets = (OPENWEBTEXT,)
    result = ResultFile("core", "core/eval_output_schema_core.json")

    def text(self, of: Reads, split: Split, rows: int = ROWS) -> TextRequest:
        return TextRequest(
            model=of.model,
            dataset=of.dataset,
            tokens=rows * (of.context - 1),
            split=split,
            context=of.context,
            seed=1,
            pool_tokens=of.pool_tokens,
        )

    def tiny(self, subject: TinySubject) -> Found:
        from harness.evaluation.measures.behaviour import core_scores
        from harness.evaluation.measures.prepared.artifacts import special_tokens

        known = subject.artifacts()
        if subject.submission.sae.reads_pairs:
            return _transcoded(subject, known.tokens)
        found = self._found(subject, subject.reader(known.tokens), known.tokens, known.stream, known.floors)
        speller = subject.reader(known.spelling)
        spelt = core_scores(subject.submission.sae, speller, known.spelling, special_tokens(speller.tokenizer))
        scores = {name: spelt[name] for name in ("ce_loss_score", "kl_div_score")}
        return replace(found, details=found.details | {"spelling": {**_spelling(subject), **scores}})

    def full(self, subject: FullSubject) -> Found:
        """As at tiny scale, on more of the run's own held-out text; sae-bench's own run where its protocol is followed."""
        if subject.protocol == SAEBENCH and not subject.submission.sae.reads_pairs:
            return self._published(subject)
        import torch

        from harness.evaluation.measures.behaviour import floors
        from harness.evaluation.measures.prepared.artifacts import special_tokens
        from harness.halving import Batches

        given, model = subject.submission, subject.model()
        rows = int(subject.settings.get(self.name, {}).get("rows", ROWS))
        tokens = torch.from_numpy(kept_rows(self.text(given, subject.split, rows))[:rows]).to(subject.device)
        if given.sae.reads_pairs:
            return _transcoded(subject, tokens)
        hook = given.sae.cfg.hook_name

        def stream(part: slice) -> Tensor:
            with torch.no_grad():
                _, cache = model.run_with_cache(tokens[part], names_filter=[hook], stop_at_layer=given.layer + 1)
            read: Tensor = cache[hook].float()
            return read

        read = torch.cat(list(Batches(16, self.name).over(stream, 0, len(tokens))))
        lowest = floors(model, hook, tokens, read, special_tokens(model.tokenizer))
        found = self._found(subject, model, tokens, read, lowest)
        spelling = {} if subject.spelling is None else {"spelling": _spelling(subject)}
        return replace(found, details=found.details | spelling)

    def _published(self, subject: FullSubject) -> Found:
        """sae-bench's figures on its own text under our names; ours, on held-out activations, beside them in the details."""
        from harness.evaluation.measures.reconstruction import reconstruct
        from harness.evaluation.measures.separation import separation
        from harness.evaluation.scoring.scores import Found, over_repeats
        from harness.evaluation.scoring.whole_runs import WholeRun, run_whole
        from harness.evaluation.upstream import core as upstream

        given = subject.submission
        if given.directions is None:
            raise HarnessError("core by SAEBench's protocol reads W_dec, and the exported program names none")
        # its schema is that of the file; llm_batch_size, which halving sets, it does not have
        own = {key: value for key, value in subject.settings[self.name].items() if key != "llm_batch_size"}
        config = upstream.output.CoreEvalConfig(model_name=given.model, llm_dtype=given.lm_dtype, **own)
        with tempfile.TemporaryDirectory() as name:
            run = WholeRun(self.name, upstream.run_published, config, (OPENWEBTEXT,), self.result)
            whole = run_whole(subject, run, Path(name))["eval_result_metrics"]
        theirs = {key: value for group in whole.values() for key, value in group.items()}
        scores = {ours: theirs[name] for ours, name in _PUBLISHED.items()}
        scores["dead_latents"] = 1 - theirs["frac_alive"]
        rebuilt = reconstruct(given, subject.activations)
        apart = separation(given.directions.cpu(), rebuilt.counts)
        found = {name: value for name, value in vars(rebuilt).items() if name != "counts"} | apart.scores()
        details: dict[str, Any] = {
            "core_on_heldout": {name: found[name] for name in scores if name in found},
            "explained_variance_legacy": theirs["explained_variance_legacy"],
        }
        return Found(over_repeats([found | scores]), details)

    def _found(
        self, subject: Subject, model: Any, tokens: Tensor, stream: Tensor, lowest: Mapping[str, float]
    ) -> Found:
        """From held-out `tokens` [n, context], their activations [n, context, d_in], other floors and the subject's own."""
        from harness.evaluation.measures.behaviour import activity, core_scores, over_floors
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
        details: dict[str, Any] = {"other_ablations": {**lowest, **over_floors(downstream, lowest)}}
        if (W_dec := subject.submission.directions) is not None:
            apart = separation(W_dec.cpu(), rebuilt.counts)
            ours |= apart.scores()
            details |= distributions.of_latents(W_dec.cpu(), rebuilt.counts, len(subject.activations))
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
            eval_config=their.CoreEvalConfig(
                **writer.config(),
                dataset=given.dataset,
                context_size=given.context,
                batch_size_prompts=_ROWS_AT_ONCE,
                n_eval_reconstruction_batches=-(-tokens // (_ROWS_AT_ONCE * given.context)),
                n_eval_sparsity_variance_batches=-(-int(ours["tokens"]) // (_ROWS_AT_ONCE * given.context)),
                exclude_special_tokens_from_reconstruction=True,
                **dict.fromkeys(_COMPUTED, True),
            ),
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


_PUBLISHED = {
    "explained_variance": "explained_variance",
    "mse": "mse",
    "cosine": "cossim",
    "l0": "l0",
    "ce_loss_score": "ce_loss_score",
    "kl_div_score": "kl_div_score",
    "decoder_cosine": "average_max_decoder_cosine_sim",
}
"""Our names of sae-bench's figures."""


def _transcoded(subject: Subject, tokens: Tensor) -> Found:
    from harness.evaluation.scoring.transcoded import transcoded

    found = transcoded(subject, tokens)
    return (
        found if subject.spelling is None else replace(found, details=found.details | {"spelling": _spelling(subject)})
    )


def _spelling(subject: Subject) -> dict[str, Any]:
    """How spelling lines, which are no part of the scores, are rebuilt: or why that cannot be said of this SAE."""
    from harness.evaluation.measures.reconstruction import reconstruct
    from harness.evaluation.submitted.submission import SubmissionError

    if subject.spelling is None:
        return {}
    try:
        rebuilt = reconstruct(subject.submission, subject.spelling)
    except SubmissionError as error:
        return {"undefined": str(error)}
    values = {name: value for name, value in vars(rebuilt).items() if name not in ("counts", "dead_latents")}
    return {**values, "tokens": len(subject.spelling)}
