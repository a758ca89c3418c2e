"""sae-probes' k-sparse probing: can one, two or five latents of a text's last token tell its class?"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.evaluation.evals.base import Eval
from harness.evaluation.scoring.writer import ResultFile, Writer
from harness.store import memo

if TYPE_CHECKING:
    from harness.evaluation.measures.sae_probes import LastTokens, Probed, Quality
    from harness.evaluation.scoring.scores import Found
    from harness.evaluation.scoring.subjects import FullSubject, TinySubject
    from harness.store.cache import Draft

KIND = "sae-probes"  # in the cache: what depends on the language model alone
DTYPE = "float32"  # in which sae-probes has the language model, whatever the run's own
ACTIVATIONS = Path("artifacts/sparse_probing_sae_probes--model_acts_cache")  # where sae-bench's configuration has them
RESULTS = Path("artifacts/sparse_probing_sae_probes")
_NUMBERS = {"type": "object", "additionalProperties": {"anyOf": [{"type": "number"}, {"type": "null"}]}}
SCHEMA: dict[str, Any] = {  # sae-bench 0.6.0 ships none for this eval; this is what its classes write
    "type": "object",
    "properties": {
        "eval_type_id": {"type": "string"},
        "eval_config": {"type": "object"},
        "eval_result_metrics": {
            "type": "object",
            "properties": {"llm": _NUMBERS, "sae": _NUMBERS},
            "required": ["llm", "sae"],
        },
        "eval_result_details": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"dataset_name": {"type": "string"}},
                "required": ["dataset_name"],
            },
        },
    },
    "required": ["eval_type_id", "eval_config", "eval_id", "eval_result_metrics", "eval_result_details"],
}


class SaeProbes(Eval):
    """One repeat, with the seed that sae-bench has: its texts come with sae-probes, at tiny scale from WordNet."""

    name = "sae_probes"
    metrics = ("sae_probes_top_1", "sae_probes_top_2", "sae_probes_top_5")
    scored_by_split = ("tiny",)
    batch = 1  # sae-probes has no size of batches to shrink
    takes_s = 3.5
    result = ResultFile("sparse_probing_sae_probes", SCHEMA)

    def own_model(self, model: str) -> str:
        """The run's own, but in float32."""
        return model

    def tiny(self, subject: TinySubject) -> Found:
        from harness.evaluation.measures.sae_probes import last_tokens, probe
        from harness.evaluation.scoring.scores import Found, over_repeats

        texts = last_tokens(subject.artifacts().probing)
        found = probe(texts, subject.submission.sae.encode, 0)
        llm = _of_the_language_model(texts)
        subject.write(self.result, self.output, found, llm, sum(texts.sizes()))
        by_class = {
            name: {str(k): round(by[name].accuracy, 4) for k, by in found.by_k.items()} for name in texts.classes
        }
        details = {"sae_probes_by_class": by_class, "sae_probes_language_model": llm}
        return Found(over_repeats([found.scores()]), details | {"sae_probes": _auc_and_f1(found)})

    def full(self, subject: FullSubject) -> Found:
        """sae-bench's own run; what it reads of the language model is made once and kept."""
        from harness.evaluation.scoring.scores import Found, over_repeats
        from harness.evaluation.scoring.whole_runs import WholeRun, run_whole
        from harness.evaluation.upstream.sae_probes import main

        config = self.config(subject)
        with self._kept(subject, config) as links, tempfile.TemporaryDirectory() as folder:
            run = WholeRun(self.name, main.run_eval, config, (), self.result)
            written = run_whole(subject, run, Path(folder), links)
        means = written["eval_result_metrics"]
        scores = {f"sae_probes_top_{k}": means["sae"][f"sae_top_{k}_test_accuracy"] for k in config.ks}
        by_set = {
            each["dataset_name"]: {str(k): round(each[f"sae_top_{k}_test_accuracy"], 4) for k in config.ks}
            for each in written["eval_result_details"]
        }
        measured = {name: value for name, value in means["sae"].items() if value is not None and value != -1}
        details = {"sae_probes_by_class": by_set, "sae_probes_language_model": means["llm"], "sae_probes": measured}
        return Found(over_repeats([scores]), details)

    def config(self, subject: FullSubject) -> Any:
        """sae-bench's configuration, as it stands but for the model and what the subject's `settings` say."""
        from harness.evaluation.upstream.sae_probes import config as their

        name = subject.submission.model.rstrip("/").rpartition("/")[2]
        return their.SparseProbingSaeProbesEvalConfig(**{"model_name": name, **subject.settings.get(self.name, {})})

    @contextmanager
    def _kept(self, subject: FullSubject, config: Any) -> Iterator[dict[Path, Path]]:
        """Where sae-bench looks for activations and for probes of the language model itself, and where they lie."""
        from harness.evaluation.scoring.whole_runs import saebench_fields
        from harness.store.cache import Cache

        given = subject.submission
        fields = saebench_fields(subject, ()) | {
            "dtype": DTYPE,
            "sae_probes": version("sae-probes"),
            "hook": given.sae.cfg.hook_name,
            "asked": [list(config.dataset_names), config.setting, config.baseline_method, config.random_seed],
        }
        folder = Cache().get(KIND, fields, lambda draft: self._read(draft, subject, config))
        baselines = f"baseline_results_{config.model_name}"
        yield {ACTIVATIONS: folder / ACTIVATIONS.name, RESULTS / baselines: folder / baselines}

    def _read(self, draft: Draft, subject: FullSubject, config: Any) -> None:
        """The last tokens' activations of every data set, and how well the language model's own are probed."""
        from harness.evaluation.upstream.lens import load_hooked
        from harness.evaluation.upstream.sae_probes import run_baseline_evals
        from harness.evaluation.upstream.whole import model_is, own_data

        given = subject.submission
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            with own_data(folder, {}), model_is(lambda: load_hooked(given.model, subject.device, DTYPE)):
                run_baseline_evals(
                    config.model_name,
                    given.sae.cfg.hook_name,
                    setting=config.setting,
                    method=config.baseline_method,
                    results_path=str(RESULTS),
                    model_cache_path=str(ACTIVATIONS),
                    datasets=config.dataset_names,
                    device=subject.device,
                    seed=config.random_seed,
                )
            draft.reserve(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()))
            for made in (ACTIVATIONS, RESULTS / f"baseline_results_{config.model_name}"):
                shutil.copytree(folder / made, draft.folder / made.name, dirs_exist_ok=True)
        draft.adopt_all()

    def output(self, writer: Writer, found: Probed, llm: Mapping[str, float], texts: int) -> Any:
        """Under sae-bench's names; a class of WordNet's glosses stands for a data set."""
        from harness.evaluation.measures.sae_probes import KS, PENALTY, SEED, mean_of
        from harness.evaluation.upstream.sae_probes import config
        from harness.evaluation.upstream.sae_probes import output as their

        names = list(found.by_k[KS[0]])
        sae = {key: value for k in KS for key, value in _named(k, mean_of(found.by_k[k].values())).items()}
        return their.SparseProbingSaeProbesEvalOutput(
            eval_config=config.SparseProbingSaeProbesEvalConfig(
                model_name=writer.submission.model,
                dataset_names=[f"wordnet {name}" for name in names],
                ks=list(KS),
                reg_type=PENALTY,
                random_seed=SEED,
                results_path="",
                model_cache_path=None,
            ),
            eval_result_metrics=their.SaeProbesMetricCategories(
                llm=their.SaeProbesLlmMetrics(**{name: llm[name] for name in _LLM}),
                sae=their.SaeProbesSaeMetrics(**sae),
            ),
            eval_result_details=[
                their.SaeProbesResultDetail(
                    dataset_name=f"wordnet {name}",
                    **{key: value for k in KS for key, value in _named(k, found.by_k[k][name]).items()},
                )
                for name in names
            ],
            eval_result_unstructured={"texts": texts},
            **writer.common(),
        )


_LLM = ("llm_test_accuracy", "llm_test_auc", "llm_test_f1")


def _named(k: int, quality: Quality) -> dict[str, float]:
    """sae-bench's names of the figures at k latents."""
    return {
        f"sae_top_{k}_test_accuracy": quality.accuracy,
        f"sae_top_{k}_test_auc": quality.auc,
        f"sae_top_{k}_test_f1": quality.f1,
    }


def _auc_and_f1(found: Probed) -> dict[str, float]:
    """What is no metric of its own, for details."""
    from harness.evaluation.measures.sae_probes import mean_of

    whole = [_named(k, mean_of(by.values())) for k, by in found.by_k.items()]
    return {name: round(value, 6) for each in whole for name, value in each.items() if "accuracy" not in name}


def _of_the_language_model(texts: LastTokens) -> dict[str, float]:
    """The same probes on the residual stream itself, as sae-bench names them: on all of it, and on its best dimensions.

    It depends on the language model alone (6 s), so it is noted by content.
    """
    from harness.evaluation.measures.sae_probes import language_model_quality, probe

    held = hashlib.sha256(texts.x.numpy().tobytes() + texts.of.numpy().tobytes()).hexdigest()
    about = f"1 {version('sae-probes')} {version('scikit-learn')} {held}"
    if (noted := memo.recall(KIND, about)) is not None:
        found: dict[str, float] = json.loads(noted)
        return found
    whole = language_model_quality(texts)
    found = dict(zip(_LLM, (whole.accuracy, whole.auc, whole.f1), strict=True))
    alone: Sequence[tuple[str, float]] = tuple(probe(texts, lambda x: x, 0).scores().items())
    found |= {f"llm_{name.removeprefix('sae_probes_')}_test_accuracy": value for name, value in alone}
    memo.remember(KIND, about, json.dumps(found))
    return found
