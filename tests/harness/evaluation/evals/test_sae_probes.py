"""sae-probes' k-sparse probing at full scale: sae-bench's own run, on the texts that come with the package."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from harness.evaluation.evals import sae_probes
from harness.evaluation.evals.sae_probes import KIND, SaeProbes
from harness.evaluation.scoring.writer import SUFFIX
from harness.evaluation.upstream import lens
from harness.evaluation.upstream import sae_probes as upstream
from harness.read.lm import LOCAL_MODEL, model_folder
from harness.store.cache import Cache
from tests.harness.evaluation.examples import random_submission
from tests.harness.evaluation.full_scale import full_subject, scored

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_cache")]

SETS = ["154_athlete_sport_football", "155_athlete_sport_basketball"]


@pytest.mark.parametrize("lm_dtype", ["float32", "bfloat16"])
def test_it_is_scored_and_what_it_reads_of_the_model_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lm_dtype: str
) -> None:
    """Two of its data sets, in the layout of the package: metrics, details, the file; a second SAE reads no model."""
    loaded: list[str] = []
    load = lens.load_hooked

    def counted(name: str, device: str, dtype: str) -> object:
        loaded.append(dtype)
        return load(name, device, dtype)

    monkeypatch.setattr(lens, "load_hooked", counted)
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "sae_probes")
    given = replace(
        given, settings={"sae_probes": {"dataset_names": SETS}}, submission=replace(given.submission, lm_dtype=lm_dtype)
    )
    first = scored(given)
    assert loaded == ["float32"]
    other = scored(replace(given, submission=replace(given.submission, sae=random_submission(128, 80, 8, seed=3).sae)))
    assert loaded == ["float32"]
    assert len(Cache().entries(KIND)) == 1
    assert first.metrics.keys() == {f"sae_probes_top_{k}" for k in (1, 2, 5)}
    assert first.metrics != other.metrics
    assert first.details["sae_probes_by_class"].keys() == set(SETS)
    assert first.details["sae_probes_language_model"] == other.details["sae_probes_language_model"]
    assert (
        0.5 < first.metrics["sae_probes_top_5"].mean < first.details["sae_probes_language_model"]["llm_test_accuracy"]
    )


def test_its_file_says_what_was_run(tmp_path: Path) -> None:
    """The configuration is sae-bench's own but for model and data sets, paths too, and no folder of ours stands in it."""
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "sae_probes")
    found = scored(replace(given, settings={"sae_probes": {"dataset_names": SETS[:1]}}))
    value = json.loads((tmp_path / "out" / "sparse_probing_sae_probes" / f"run_1{SUFFIX}").read_text())
    published = TypeAdapter(upstream.config.SparseProbingSaeProbesEvalConfig).dump_python(
        upstream.config.SparseProbingSaeProbesEvalConfig(model_name=LOCAL_MODEL, dataset_names=SETS[:1])
    )
    assert value["eval_config"] == published
    assert value["eval_result_metrics"]["sae"]["sae_top_1_test_accuracy"] == found.metrics["sae_probes_top_1"].mean


def test_its_schema_is_met_by_what_sae_bench_s_class_says() -> None:
    """The package ships no schema for this eval: ours asks for nothing that its class does not have, and trips."""
    theirs = TypeAdapter(upstream.output.SparseProbingSaeProbesEvalOutput).json_schema()
    assert set(sae_probes.SCHEMA["required"]) <= set(theirs["properties"])
    assert theirs["properties"]["eval_type_id"]["default"] == SaeProbes.result.folder
    with pytest.raises(Exception, match="sparse_probing_sae_probes is not met"):
        SaeProbes.result.check({"eval_type_id": "x"})
