"""The evals at full scale, on local models and local folders in the layout of the hub's data sets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.evaluation.data_sets import NEWS
from harness.evaluation.evals.scr import Scr
from harness.evaluation.evals.sparse_probing import SparseProbing
from harness.evaluation.evals.tpp import Tpp
from harness.evaluation.scoring import whole_runs
from harness.evaluation.scoring.whole_runs import KIND
from harness.evaluation.scoring.writer import OutputError
from harness.evaluation.upstream import probing as upstream
from harness.read.lm import LOCAL_MODEL, model_folder
from harness.store.cache import Cache
from tests.harness.evaluation.examples import random_submission
from tests.harness.evaluation.full_scale import full_subject, scored
from tests.harness.evaluation.layout import SETTINGS

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_cache")]  # runs sae-bench's evals whole


def test_what_depends_on_the_language_model_is_made_once_and_by_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second SAE reads the activations that the first one left; other data are another entry of the cache."""
    from sae_bench.sae_bench_utils import activation_collection

    model = str(model_folder(LOCAL_MODEL))
    reads: list[int] = []
    collect = activation_collection.get_all_llm_activations

    def counted(*given: Any, **named: Any) -> Any:
        reads.append(1)
        return collect(*given, **named)

    monkeypatch.setattr(activation_collection, "get_all_llm_activations", counted)
    first = full_subject(tmp_path, model, "sparse_probing")
    scored(first)
    assert len(reads) == 2  # training and test texts
    other = replace(first, submission=replace(first.submission, sae=random_submission(128, 80, 8, seed=3).sae))
    scored(other)
    assert len(reads) == 2
    (tmp_path / "data" / NEWS / "train.jsonl").write_text(
        (tmp_path / "data" / NEWS / "train.jsonl").read_text().replace("goal", "ball")
    )
    scored(first)
    assert len(reads) == 4
    assert len(Cache().entries(KIND)) == 2


@pytest.mark.parametrize("name", ["sparse_probing", "scr", "tpp"])
def test_the_sae_that_fills_the_cache_is_scored_as_those_after_it(name: str, tmp_path: Path) -> None:
    """Its scores are, digit for digit, those that it has when it is scored again: on the same draws as all others."""
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), name)
    first = scored(given).metrics
    assert scored(given).metrics == first


@pytest.mark.parametrize("each", [SparseProbing(), Scr(), Tpp()], ids=lambda each: each.name)
def test_what_an_eval_keeps_is_known_beforehand(each: SparseProbing | Scr | Tpp, tmp_path: Path) -> None:
    """The bytes that are foretold are those that sae-bench writes, for each eval that keeps activations."""
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), each.name)
    run = each.whole_run(given)
    scored(given)
    written = sum(path.stat().st_size for path in Cache().root.rglob("*.pt"))
    foretold = whole_runs.activation_bytes(run, given.model())
    assert written == pytest.approx(foretold, rel=0.05)


def test_activations_that_would_fill_the_cache_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """They would drive out what training reads: the language model is read anew, which is said, for the same metrics."""
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "sparse_probing")
    kept = set(scored(given).metrics)
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "small"))
    monkeypatch.setenv("LABLOOP_CACHE_GB", "0.004")
    with caplog.at_level("INFO"):
        assert set(scored(given).metrics) == kept
    assert "sparse_probing reads the language model anew" in caplog.text
    assert Cache().entries(KIND) == []


def test_an_eval_that_leaves_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where sae-bench prints and goes on, there is no score and the eval is named; nothing half made stays in the cache."""
    monkeypatch.setattr(upstream.main, "run_eval", lambda *_, **__: print("no words are left"))
    with pytest.raises(OutputError, match="sae-bench's sparse_probing left no result: no words are left"):
        scored(full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "sparse_probing"))
    assert Cache().entries(KIND) == []


def test_a_data_set_with_too_few_texts_is_an_error_that_says_so(tmp_path: Path) -> None:
    """sae-bench asserts that there are enough: its condition is shown, and what to do about it."""
    given = full_subject(tmp_path, str(model_folder(LOCAL_MODEL)), "scr")
    greedy = {"scr": {**SETTINGS["scr"], "train_set_size": 4000}}
    with pytest.raises(
        OutputError, match=r"sae-bench's scr refuses what it reads: assert min_count .* needs as many texts"
    ):
        scored(replace(given, settings=greedy))
