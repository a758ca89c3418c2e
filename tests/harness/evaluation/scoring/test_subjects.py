"""The evals at full scale, on local models and local folders in the layout of the hub's data sets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.evaluation.evals import Eval
from harness.evaluation.scoring.scores import Found
from harness.evaluation.scoring.subjects import FullSubject, Once
from harness.read.lm import LOCAL_MODEL, model_folder
from tests.harness.evaluation.examples import Oracle
from tests.harness.evaluation.full_scale import full_subject, scored, written
from tests.harness.evaluation.upstream.test_lens import CONFIGS, saved_model

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_cache")]  # runs sae-bench's evals whole


def test_probing_scr_and_core_run_on_data_in_the_hub_s_layout(tmp_path: Path) -> None:
    """sae-bench's own runs read the folders, their files are SAEBench's, and the metrics are the files' figures."""
    found = scored(full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "core", "sparse_probing", "scr")).metrics
    probing = written(tmp_path, "sparse_probing")["sae"]
    for k in (1, 2, 5):
        assert found[f"probing_top_{k}"].mean == probing[f"sae_top_{k}_test_accuracy"]
    assert found["probing_top_5"].mean > 0.6  # the words tell the classes
    assert found["scr_top_5"].mean == written(tmp_path, "scr")["scr_metrics"]["scr_metric_threshold_5"]
    core = written(tmp_path, "core")
    assert found["explained_variance"].mean == pytest.approx(core["reconstruction_quality"]["explained_variance"])
    assert {"decoder_cosine", "l0", "kl_div_score"} <= set(found)


def test_tpp_and_autointerp_run_on_data_in_the_hub_s_layout(tmp_path: Path) -> None:
    """TPP's metrics are its file's figures; autointerp asks the judge about latents on the run's own held-out text."""
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "tpp", "autointerp")
    judge = Oracle("None")
    found = scored(replace(given, judge=judge))
    tpp = written(tmp_path, "tpp")["tpp_metrics"]
    for n in (5, 20):
        assert found.metrics[f"tpp_top_{n}"].mean == tpp[f"tpp_threshold_{n}_total_metric"]
    assert found.details["tpp"]["tpp_threshold_5_total_metric"] == tpp["tpp_threshold_5_total_metric"]
    score = written(tmp_path, "autointerp")["autointerp"]["autointerp_score"]
    assert found.metrics["autointerp"].mean == pytest.approx(score)
    assert len(judge.asked) == 6  # an explanation and a test for each of 3 latents


@pytest.mark.parametrize("kind", ["pythia", "gpt2", "llama"])
def test_other_kinds_of_language_models_are_scored_too(kind: str, tmp_path: Path) -> None:
    """A saved Pythia, GPT-2 or Llama goes through core and SCR as Gemma-2 does."""
    folder = saved_model(tmp_path / "model", CONFIGS[kind])
    found = scored(full_subject(tmp_path, str(folder), "core", "scr", d_in=32, context=32)).metrics
    assert {"kl_div_score", "scr_top_5", "scr_top_20"} <= set(found)


def test_what_is_loaded_once_is_let_go_where_an_eval_brings_its_own(tmp_path: Path) -> None:
    """The language model is loaded when it is first asked for, kept, and let go before another takes its place."""
    loads: list[int] = []

    def load() -> str:
        loads.append(len(loads))
        return f"model {len(loads)}"

    class Own(Eval):
        name = "own"

        def own_model(self, model: str) -> str:
            return f"{model}-it"

        def full(self, subject: FullSubject) -> Found:
            return Found({}, {"read": subject.model()})

    given = full_subject(tmp_path, LOCAL_MODEL)
    subject = replace(given, model=Once(load))
    assert loads == []
    assert subject.model() == subject.model() == "model 1"
    assert subject.run(Own()).details == {"read": "model 2"}
