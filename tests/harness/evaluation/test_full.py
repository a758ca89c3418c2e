"""The evals at full scale, on local models and local folders in the layout of the hub's data sets."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Split
from transformers import PreTrainedTokenizerFast

from harness.cache import Cache
from harness.errors import HarnessError
from harness.evaluation import upstream
from harness.evaluation.__main__ import ABLATED, _check_latents
from harness.evaluation.evals import Plan, missing
from harness.evaluation.full import score_full
from harness.evaluation.results.outputs import SUFFIX, OutputError, Writer
from harness.evaluation.submitted.submission import SubmissionError
from harness.evaluation.upstream import runs as whole_runs
from harness.evaluation.upstream.runs import KIND, FullSubject, word_position
from harness.lm import LOCAL_MODEL, model_folder
from tests.harness.evaluation.examples import Oracle, random_submission
from tests.harness.evaluation.layout import NEWS, SETTINGS, as_on_the_hub
from tests.harness.evaluation.test_lens import CONFIGS, saved_model

pytestmark = pytest.mark.slow  # imports sae-bench, runs its evals whole

LAYER = 1


def subject(tmp_path: Path, model: str, *evals: str, d_in: int = 128, context: int = 64) -> FullSubject:
    submission = replace(
        random_submission(d_in, 100, 12, model=model), layer=LAYER, context=context, scale="full", dataset="wordnet"
    )
    submission.sae.cfg = None
    plan = Plan(tuple(evals), "full", model, data_dir=as_on_the_hub(tmp_path / "data"), dataset="wordnet")
    activations = torch.randn(300, d_in, generator=torch.Generator().manual_seed(0))
    return FullSubject(
        submission, activations, plan, Writer(submission, tmp_path / "out", "run_1"), 2, settings=SETTINGS
    )


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))


def written(tmp_path: Path, eval_type: str) -> Any:
    return json.loads((tmp_path / "out" / eval_type / f"run_1{SUFFIX}").read_text())["eval_result_metrics"]


def test_probing_scr_and_core_run_on_data_in_the_hub_s_layout(tmp_path: Path) -> None:
    """sae-bench's own runs read the folders, their files are SAEBench's, and the metrics are the files' figures."""
    found = score_full(subject(tmp_path, str(model_folder(LOCAL_MODEL)), "core", "sparse_probing", "scr")).metrics
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
    given = subject(tmp_path, str(model_folder(LOCAL_MODEL)), "tpp", "autointerp")
    judge = Oracle("None")
    found = score_full(replace(given, judge=judge))
    tpp = written(tmp_path, "tpp")["tpp_metrics"]
    for n in (5, 20):
        assert found.metrics[f"tpp_top_{n}"].mean == tpp[f"tpp_threshold_{n}_total_metric"]
    assert found.details["tpp"]["tpp_threshold_5_total_metric"] == tpp["tpp_threshold_5_total_metric"]
    score = written(tmp_path, "autointerp")["autointerp"]["autointerp_score"]
    assert found.metrics["autointerp"].mean == pytest.approx(score)
    assert len(judge.asked) == 6  # an explanation and a test for each of 3 latents


def test_what_depends_on_the_language_model_is_made_once_and_by_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second SAE reads the activations that the first one left; other data are another entry of the cache."""
    from sae_bench.sae_bench_utils import activation_collection

    model = str(model_folder(LOCAL_MODEL))
    reads = []
    collect = activation_collection.get_all_llm_activations
    monkeypatch.setattr(
        activation_collection, "get_all_llm_activations", lambda *a, **k: reads.append(1) or collect(*a, **k)
    )
    first = subject(tmp_path, model, "sparse_probing")
    score_full(first)
    assert len(reads) == 2  # training and test texts
    other = replace(first, submission=replace(first.submission, sae=random_submission(128, 80, 8, seed=3).sae))
    score_full(other)
    assert len(reads) == 2
    (tmp_path / "data" / NEWS / "train.jsonl").write_text(
        (tmp_path / "data" / NEWS / "train.jsonl").read_text().replace("goal", "ball")
    )
    score_full(first)
    assert len(reads) == 4
    assert len(Cache().entries(KIND)) == 2


@pytest.mark.parametrize("name", ["sparse_probing", "scr", "tpp"])
def test_the_sae_that_fills_the_cache_is_scored_as_those_after_it(name: str, tmp_path: Path) -> None:
    """Its scores are, digit for digit, those that it has when it is scored again: on the same draws as all others."""
    given = subject(tmp_path, str(model_folder(LOCAL_MODEL)), name)
    first = score_full(given).metrics
    assert score_full(given).metrics == first


@pytest.mark.parametrize("name", ["sparse_probing", "scr", "tpp"])
def test_what_an_eval_keeps_is_known_beforehand(name: str, tmp_path: Path) -> None:
    """The bytes that are foretold are those that sae-bench writes, for each eval that keeps activations."""
    given = subject(tmp_path, str(model_folder(LOCAL_MODEL)), name)
    model = given.hooked()
    score_full(given)
    written = sum(path.stat().st_size for path in Cache().root.rglob("*.pt"))
    foretold = whole_runs.activation_bytes(name, given.config(name, model), model)
    assert written == pytest.approx(foretold, rel=0.05)


def test_activations_that_would_fill_the_cache_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """They would drive out what training reads: the language model is read anew, which is said, for the same metrics."""
    given = subject(tmp_path, str(model_folder(LOCAL_MODEL)), "sparse_probing")
    kept = set(score_full(given).metrics)
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "small"))
    monkeypatch.setenv("LABLOOP_CACHE_GB", "0.004")
    with caplog.at_level("INFO"):
        assert set(score_full(given).metrics) == kept
    assert "sparse_probing reads the language model anew" in caplog.text
    assert Cache().entries(KIND) == []


@pytest.fixture
def few_words(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Absorption on four words a letter, its probe of the language model trained shortly; how often it was trained."""
    common = upstream.absorption_common
    words = sorted(set(common.get_alpha_tokens(upstream_tokenizer())))
    few = [
        word
        for letter in "abcdefghijklmnopqrstuvwxyz"
        for word in [w for w in words if w.strip().lower()[:1] == letter][:4]
    ]
    for module in (common, upstream.feature_absorption):
        monkeypatch.setattr(module, "get_alpha_tokens", lambda _: few)
    trained: list[int] = []
    train = common.train_linear_probe_for_task
    monkeypatch.setattr(
        common, "train_linear_probe_for_task", lambda **k: trained.append(1) or train(**{**k, "num_epochs": 2})
    )
    return trained


def test_absorption_trains_its_probe_once_for_all_repeats_and_keeps_nothing_in_site_packages(
    tmp_path: Path, few_words: list[int]
) -> None:
    """Repeats differ, the probe is trained once and read from the cache by a later SAE."""
    common = upstream.absorption_common
    before = set(Path(common.RESULTS_DIR).rglob("*")) if Path(common.RESULTS_DIR).exists() else set()
    given = subject(tmp_path, str(model_folder(LOCAL_MODEL)), "absorption", context=96)
    found = score_full(given)
    score_full(given)
    assert len(few_words) == 1
    assert found.metrics["absorption_fraction"].n == 2
    assert found.metrics["absorption_fraction"].spread is not None
    assert found.details["absorption_by_letter"]
    after = set(Path(common.RESULTS_DIR).rglob("*")) if Path(common.RESULTS_DIR).exists() else set()
    assert after == before


def test_absorption_reads_the_word_whatever_the_tokenizer(tmp_path: Path) -> None:
    """Where tokens are characters the word lies further back than sae-bench's six tokens, and is found."""
    template = upstream.outputs.AbsorptionEvalConfig().prompt_template
    sixth = upstream.outputs.AbsorptionEvalConfig().prompt_token_pos
    assert sixth == -6, "sae-bench looks for the word itself: take fault 20 out of upstream.py"
    own = subject(tmp_path, str(model_folder(LOCAL_MODEL)), "absorption")
    assert own.config("absorption", own.hooked()).prompt_token_pos == -6
    characters = Tokenizer(WordLevel({chr(code): code for code in range(256)}, unk_token="\x00"))
    characters.pre_tokenizer = Split("", "isolated")
    spelt = PreTrainedTokenizerFast(tokenizer_object=characters)
    prompt = spelt.tokenize(template.format(word=" dog"))
    assert prompt[word_position(spelt, template)] == "g"


def test_a_model_that_does_not_spell_is_said_to_be_the_cause(tmp_path: Path, few_words: list[int]) -> None:
    """Where sae-bench finds too few letters in the language model, the error names model and layer and what to leave out."""
    given = subject(tmp_path, str(model_folder(LOCAL_MODEL)), "core", "absorption", context=96)
    strict = {**given.settings, "absorption": {**given.settings["absorption"], "min_GT_probe_f1": 1.0}}
    with pytest.raises(HarnessError, match=r"cannot be measured on .*, layer 1: .*--evals=core; in a session"):
        score_full(replace(given, settings=strict))


def upstream_tokenizer() -> Any:
    from harness.lm import load_lm

    return load_lm(LOCAL_MODEL).tokenizer


@pytest.mark.parametrize("kind", ["pythia", "gpt2", "llama"])
def test_other_kinds_of_language_models_are_scored_too(kind: str, tmp_path: Path) -> None:
    """A saved Pythia, GPT-2 or Llama goes through core and SCR as Gemma-2 does."""
    folder = saved_model(tmp_path / "model", CONFIGS[kind])
    found = score_full(subject(tmp_path, str(folder), "core", "scr", d_in=32, context=32)).metrics
    assert {"kl_div_score", "scr_top_5", "scr_top_20"} <= set(found)


def test_an_eval_that_leaves_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where sae-bench prints and goes on, there is no score and the eval is named; nothing half made stays in the cache."""
    monkeypatch.setattr(upstream.probing_main, "run_eval", lambda *_, **__: print("no words are left"))
    with pytest.raises(OutputError, match="sae-bench's sparse_probing left no result: no words are left"):
        score_full(subject(tmp_path, str(model_folder(LOCAL_MODEL)), "sparse_probing"))
    assert Cache().entries(KIND) == []


def test_a_data_set_with_too_few_texts_is_an_error_that_says_so(tmp_path: Path) -> None:
    """sae-bench asserts that there are enough: its condition is shown, and what to do about it."""
    given = subject(tmp_path, str(model_folder(LOCAL_MODEL)), "scr")
    greedy = {"scr": {**SETTINGS["scr"], "train_set_size": 4000}}
    with pytest.raises(
        OutputError, match=r"sae-bench's scr refuses what it reads: assert min_count .* needs as many texts"
    ):
        score_full(replace(given, settings=greedy))


@pytest.mark.parametrize("name", ["scr", "tpp"])
def test_an_sae_with_too_few_latents_is_refused_before_anything_runs(name: str, tmp_path: Path) -> None:
    """sae-bench turns off up to 500 latents, and would stop hours later at an SAE that has fewer."""
    assert max(upstream.outputs.ScrAndTppEvalConfig().n_values) == ABLATED
    given = subject(tmp_path, str(model_folder(LOCAL_MODEL)), name)
    with pytest.raises(SubmissionError, match=f"{name} turn off 500 latents, and the SAE has 100: name other --evals"):
        _check_latents(given.submission, given.plan)
    _check_latents(replace(given.submission, d_sae=ABLATED), given.plan)


def test_nothing_is_lacking_where_model_and_data_are_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check beforehand agrees with what the run needs."""
    monkeypatch.setenv("LABLOOP_EVALS_ON_CPU", "1")
    plan = subject(tmp_path, str(model_folder(LOCAL_MODEL)), "core", "absorption").plan
    assert missing(plan) == []


def test_sae_bench_still_loads_its_model_by_name_and_ours_is_taken_back(tmp_path: Path) -> None:
    """A folder is no name for it (fault 18); within `model_is` it gets ours, afterwards its own way again."""
    theirs = upstream.HookedTransformer.from_pretrained_no_processing
    with pytest.raises(ValueError):
        theirs("no-such-model-anywhere")
    with upstream.model_is("ours"):
        assert upstream.HookedTransformer.from_pretrained_no_processing("anything") == "ours"
    assert upstream.HookedTransformer.from_pretrained_no_processing == theirs


def test_a_half_written_file_of_activations_upstream_is_still_taken_for_whole(tmp_path: Path) -> None:
    """sae-bench asks only whether the file is there, and names it by data set, model and layer (fault 17)."""
    import inspect

    source = inspect.getsource(upstream.scr_and_tpp.run_eval_single_dataset)
    assert "if not os.path.exists(activations_path):" in source
    assert "config.model_name" in inspect.getsource(upstream.scr_and_tpp.run_eval)
    assert "replace(activations_path" not in source
