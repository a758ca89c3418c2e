"""The scores as SAEBench writes them: its own output classes, filled with our values, for whoever reads its files.

Each eval has a file `<eval>/<name>_custom_sae_eval_results.json`, in the place and under the name that sae-bench gives it.
"""

from __future__ import annotations

import json
import math
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from statistics import fmean
from typing import Any

from harness.errors import HarnessError
from harness.evaluation import upstream
from harness.evaluation.measures.ablation import BATCH, Ablated
from harness.evaluation.measures.absorption import MAX_K, MIN_LETTERS, MIN_PROBE_F1, SPLIT_F1_JUMP, Absorbed
from harness.evaluation.measures.autointerp import Interpreted
from harness.evaluation.measures.behaviour import Activity
from harness.evaluation.measures.probing import Probed
from harness.evaluation.results.schema import violations
from harness.evaluation.submitted.submission import Submission

SUFFIX = "_custom_sae_eval_results.json"
SCHEMAS = {
    "core": "core/eval_output_schema_core.json",
    "absorption_first_letter": "absorption/eval_output_schema_absorption_first_letter.json",
    "sparse_probing": "sparse_probing/eval_output_schema_sparse_probing.json",
    "scr": "scr_and_tpp/eval_output_schema_scr.json",
    "tpp": "scr_and_tpp/eval_output_schema_tpp.json",
    "autointerp": "autointerp/eval_output_schema_autointerp.json",
    "unlearning": "unlearning/eval_output_schema_unlearning.json",
    "ravel": "ravel/eval_output_schema_ravel.json",
}
_READ = {"llm_batch_size": 256, "sae_batch_size": BATCH}


class OutputError(HarnessError):
    """A result is not what SAEBench's schema asks for: its version changed, or a value is missing."""


class NoResult(OutputError):
    """sae-bench ended without a result; what it printed."""


@dataclass(frozen=True)
class Writer:
    """Fills and writes the files of one SAE."""

    submission: Submission
    folder: Path
    name: str

    def write(self, output: Any) -> Path:
        """One of sae-bench's EvalOutput objects, checked against its schema. Raises OutputError."""
        path = self.folder / output.eval_type_id / f"{self.name}{SUFFIX}"
        value = finite(json.loads(output.to_json()))
        check(output.eval_type_id, value)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        return path

    def common(self) -> dict[str, Any]:
        """The fields that every output has."""
        return {
            "eval_id": upstream.get_eval_uuid(),
            "datetime_epoch_millis": int(time.time() * 1000),
            "sae_bench_commit_hash": f"sae-bench {version('sae-bench')}",
            "sae_lens_id": "custom_sae",
            "sae_lens_release_id": self.name,
            "sae_lens_version": version("sae-lens"),
            "sae_cfg_dict": self.submission.sae.cfg.to_dict() | {"architecture": self.submission.sae.architecture},
        }

    def config(self) -> dict[str, Any]:
        """The fields that most of sae-bench's configurations have."""
        return {"model_name": self.submission.model, "llm_dtype": self.submission.lm_dtype}


def check(eval_type: str, value: Any) -> None:
    """Raises OutputError where a result file's content is not as sae-bench's schema of that eval says."""
    text = (files("sae_bench") / "evals" / SCHEMAS[eval_type]).read_text(encoding="utf-8")
    if found := violations(value, json.loads(text)):
        raise OutputError(f"SAEBench's schema of {eval_type} is not met: {'; '.join(found[:3])}")


def finite(value: Any) -> Any:
    """sae-bench writes -1 where it has no number (a latent that is never on)."""
    if isinstance(value, float) and not math.isfinite(value):
        return -1.0
    if isinstance(value, dict):
        return {key: finite(each) for key, each in value.items()}
    return [finite(each) for each in value] if isinstance(value, list) else value


def core(
    writer: Writer, ours: Mapping[str, float], downstream: Mapping[str, float], found: Activity, tokens: int
) -> Any:
    """Core: what is ours (explained variance, mse, cosine, L0, living latents) in place of sae-bench's figures."""
    their = upstream.outputs
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
    return their.CoreEvalOutput(
        eval_config=their.CoreEvalConfig(
            **writer.config(), dataset=writer.submission.dataset, context_size=writer.submission.context
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
        eval_result_details=upstream.convert_feature_metrics(found.latents) if per_latent else [],
        **writer.common(),
    )


def absorption(writer: Writer, repeats: Sequence[Absorbed]) -> Any:
    """Absorption: means over repeats; each repeat by letter is in `eval_result_unstructured`."""
    their = upstream.outputs
    letters = [letter for letter in repeats[0].by_letter if all(letter in each.by_letter for each in repeats)]

    def mean(letter: str, name: str) -> float:
        return fmean(getattr(each.by_letter[letter], name) for each in repeats)

    details = [
        their.AbsorptionResultDetail(
            first_letter=letter,
            mean_absorption_fraction=mean(letter, "absorption_fraction"),
            full_absorption_rate=mean(letter, "full_absorption"),
            num_full_absorption=round(mean(letter, "full_absorption") * repeats[0].by_letter[letter].n),
            num_probe_true_positives=repeats[0].by_letter[letter].n,
            num_split_features=round(mean(letter, "split_latents")),
        )
        for letter in letters
    ]
    columns = {
        "absorption_fraction": [detail.mean_absorption_fraction for detail in details],
        "full_absorption": [detail.full_absorption_rate for detail in details],
        "num_split_features": [mean(letter, "split_latents") for letter in letters],
    }
    over_repeats = {
        name: fmean(each.scores()[name] for each in repeats) for name in ("absorption_fraction", "full_absorption")
    }
    return their.AbsorptionEvalOutput(
        eval_config=their.AbsorptionEvalConfig(
            **writer.config(),
            max_k_value=MAX_K,
            f1_jump_threshold=SPLIT_F1_JUMP,
            min_GT_probe_f1=MIN_PROBE_F1,
            min_feats_for_eval=MIN_LETTERS,
            precalc_k_sparse_probe_sae_acts=True,
        ),
        eval_result_metrics=their.AbsorptionMetricCategories(
            mean=their.AbsorptionMeanMetrics(
                mean_absorption_fraction_score=over_repeats["absorption_fraction"],
                mean_full_absorption_score=over_repeats["full_absorption"],
                mean_num_split_features=fmean(columns["num_split_features"]),
                std_dev_absorption_fraction_score=statistics.stdev(columns["absorption_fraction"]),
                std_dev_full_absorption_score=statistics.stdev(columns["full_absorption"]),
                std_dev_num_split_features=statistics.stdev(columns["num_split_features"]),
            )
        ),
        eval_result_details=details,
        eval_result_unstructured=[
            {letter: vars(found) for letter, found in each.by_letter.items()} for each in repeats
        ],
        **writer.common(),
    )


def sparse_probing(writer: Writer, repeats: Sequence[Probed], llm: Mapping[str, float], glosses: Sequence[int]) -> Any:
    """Sparse probing: means over repeats; `glosses` are the numbers of training and test texts of a class."""
    their = upstream.outputs
    sae = {
        f"sae_top_{k}_test_accuracy": fmean(each.scores()[f"probing_top_{k}"] for each in repeats)
        for k in repeats[0].accuracy
    }
    return their.SparseProbingEvalOutput(
        eval_config=their.SparseProbingEvalConfig(
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


def scr(writer: Writer, found: Ablated, tops: Sequence[int]) -> Any:
    """Spurious correlation removal."""
    their = upstream.outputs
    return their.ScrEvalOutput(
        eval_config=their.ScrAndTppEvalConfig(
            **writer.config(),
            **_READ,
            perform_scr=True,
            dataset_names=["wordnet"],
            n_values=list(tops),
            column1_vals_lookup={"wordnet": [("woody", "herbaceous")]},
        ),
        eval_result_metrics=their.ScrMetricCategories(scr_metrics=their.ScrMetrics(**found.results)),
        eval_result_details=[their.ScrResultDetail(dataset_name="wordnet_results", **found.results)],
        eval_result_unstructured=found.clean,
        **writer.common(),
    )


def tpp(writer: Writer, found: Ablated, tops: Sequence[int]) -> Any:
    """Targeted probe perturbation."""
    their = upstream.outputs
    return their.TppEvalOutput(
        eval_config=their.ScrAndTppEvalConfig(
            **writer.config(), **_READ, perform_scr=False, dataset_names=["wordnet"], n_values=list(tops)
        ),
        eval_result_metrics=their.TppMetricCategories(tpp_metrics=their.TppMetrics(**found.results)),
        eval_result_details=[their.TppResultDetail(dataset_name="wordnet_results", **found.results)],
        eval_result_unstructured={"wordnet": found.by_class},
        **writer.common(),
    )


def autointerp(writer: Writer, found: Interpreted) -> Any:
    """Automatic interpretability; the judge is named in `eval_result_unstructured`."""
    their = upstream.outputs
    return their.AutoInterpEvalOutput(
        eval_config=found.config,
        eval_result_metrics=their.AutoInterpMetricCategories(
            autointerp=their.AutoInterpMetrics(
                autointerp_score=found.scores()["autointerp"], autointerp_std_dev=found.details()["standard_deviation"]
            )
        ),
        eval_result_details=[],
        eval_result_unstructured={"judge": found.judge, "latents": found.by_latent},
        **writer.common(),
    )
