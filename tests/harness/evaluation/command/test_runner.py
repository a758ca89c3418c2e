"""The whole evaluation on the shipped language model, made small: artifacts, core, probing, the command."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from harness.evaluation.command.runner import score
from harness.evaluation.evals import DEFAULT, EVALS, choose
from harness.evaluation.measures import absorption
from harness.evaluation.measures.prepared import sizes
from harness.evaluation.measures.prepared.artifacts import Artifacts, save
from harness.evaluation.measures.probing import KS
from harness.evaluation.scoring.subjects import Once, TinySubject
from harness.evaluation.scoring.writer import SUFFIX, OutputError, Writer
from harness.evaluation.submitted.scored import Programs, ScoredSAE
from harness.evaluation.submitted.submission import Submission
from harness.saved import SavedSAE, save_run
from tests.harness.evaluation.command.asked import REPOSITORY, Asked
from tests.harness.evaluation.examples import Oracle, an_sae

pytestmark = pytest.mark.slow  # imports sae-bench, runs the language model

WAITING = """
import sys
import torch
from harness.evaluation import __main__ as evaluation
from harness.evaluation.command import evaluate, waiting
from harness.evaluation.measures import absorption
from harness.evaluation.measures.prepared import artifacts

kept = sys.argv[1]
artifacts.load_artifacts = lambda *_: artifacts.load(kept)
absorption.MIN_PROBE_F1 = -1.0  # too few words here for good probes
evaluate._held_out = lambda submission, plan: torch.randn(600, 128, generator=torch.Generator().manual_seed(2))
evaluate._spelling = lambda submission, plan: None

def main(flags):
    torch.set_num_threads(int(flags[0]))
    loaded = set(sys.modules)
    status = evaluation.main(flags[1:])
    print(*(set(sys.modules) - loaded))
    return status

sys.exit(waiting.serve(main))
"""


LAYER, CONTEXT, D_IN = 2, 128, 128


def tiny_subject(submission: Submission, artifacts: Artifacts, hooked: Any, **given: Any) -> TinySubject:
    return TinySubject(submission=submission, artifacts=Once(lambda: artifacts), model=Once(lambda: hooked), **given)


def activations(tokens: int) -> torch.Tensor:
    return torch.randn(tokens, D_IN, generator=torch.Generator().manual_seed(2))


WITH_ABLATIONS = choose("default,scr,tpp")


@pytest.fixture(scope="module")
def scored(artifacts: Artifacts, hooked: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The scores of an SAE, as JSON, and the folder of SAEBench's files."""
    folder = tmp_path_factory.mktemp("scored") / "sae_bench"
    submission = an_sae()
    subject = tiny_subject(
        submission,
        artifacts,
        hooked,
        activations=activations(600),
        repeats=2,
        writer=Writer(submission, folder, "run_3"),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(absorption, "MIN_PROBE_F1", -1.0)  # too few words here for good probes
        return score(subject, WITH_ABLATIONS).as_json(), folder


def test_every_declared_metric_is_scored_with_its_repeats(scored: tuple[dict[str, Any], Path]) -> None:
    """The default evals, here with SCR and TPP, give all metrics of template.toml that a result must have, finite; n and spread where an eval
    draws at random."""
    tomllib = pytest.importorskip("tomllib")
    metrics = scored[0]["metrics"]
    declared = tomllib.loads((REPOSITORY / "template.toml").read_text())["metrics"]
    needed = {name for name, each in declared.items() if not each.get("optional")}
    assert needed <= set(metrics)
    assert {"scr_top_5", "scr_top_20", "tpp_top_5", "tpp_top_20", "sae_probes_top_5"} <= set(metrics)
    for name, value in metrics.items():
        drawn = name.startswith(("absorption", "full_absorption", "probing"))
        assert math.isfinite(value["mean"])
        assert value["n"] == (2 if drawn else 1)
        assert (value["spread"] is not None) == drawn
    assert len(json.dumps(scored[0], allow_nan=False)) < 200_000


def test_autointerp_runs_as_the_default_evals_do(
    artifacts: Artifacts, hooked: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On request, with a judge, through the same door: its metric, its details, SAEBench's file."""
    monkeypatch.setattr(sizes, "SIZES", replace(sizes.SIZES, interpreted=3, interpreted_tokens=4_000))
    submission = an_sae()
    writer = Writer(submission, tmp_path, "run_3")
    subject = tiny_subject(
        submission, artifacts, hooked, activations=torch.zeros(0, D_IN), judge=Oracle("None"), writer=writer
    )
    [autointerp] = choose("autointerp")
    found = score(subject, [autointerp])
    assert 0.5 < found.metrics["autointerp"].mean < 0.75  # what a judge has who always says none
    assert found.details["autointerp"]["judge"] == "oracle"
    assert len(found.details["autointerp"]["explanations"]) == 3
    outputs_check("autointerp", json.loads((tmp_path / "autointerp" / f"run_3{SUFFIX}").read_text()))


def test_the_details_are_what_figures_are_drawn_from(scored: tuple[dict[str, Any], Path], artifacts: Artifacts) -> None:
    """Distributions count every latent once, letters and classes average to the metrics, the Gram matrix is one."""
    metrics, details = scored[0]["metrics"], scored[0]["details"]
    for name in ("decoder_cosine_histogram", "density_histogram"):
        drawn = details[name]
        assert len(drawn["edges"]) == len(drawn["counts"]) + 1
        assert sum(drawn["counts"]) + drawn.get("dead", 0) == 200
    gram = torch.tensor(details["gram"]["values"])
    assert gram.shape == (32, 32)
    assert len(set(details["gram"]["latents"])) == 32
    assert torch.allclose(gram.diagonal(), torch.ones(32))
    assert torch.equal(gram, gram.T)
    letters = details["absorption_by_letter"].values()
    for name in ("absorption_fraction", "full_absorption"):
        mean = sum(letter["n"] * letter[name] for letter in letters) / sum(letter["n"] for letter in letters)
        assert mean == pytest.approx(metrics[name]["mean"], abs=1e-3)
    for k in ("1", "2", "5"):
        assert details["probing_by_k"][k] == pytest.approx(metrics[f"probing_top_{k}"]["mean"], abs=1e-3)
        by_class = [accuracy[k] for accuracy in details["probing_by_class"].values()]
        assert sum(by_class) / len(by_class) == pytest.approx(details["probing_by_k"][k], abs=1e-3)
    assert details["probing_language_model"] == artifacts.probing.llm
    for k in ("1", "2", "5"):
        by_class = [accuracy[k] for accuracy in details["sae_probes_by_class"].values()]
        assert sum(by_class) / len(by_class) == pytest.approx(metrics[f"sae_probes_top_{k}"]["mean"], abs=1e-3)
    assert {"llm_test_accuracy", "llm_top_1_test_accuracy"} <= set(details["sae_probes_language_model"])
    assert set(details["seconds"]) == {each.name for each in WITH_ABLATIONS}


def test_the_files_are_saebench_s_and_say_what_the_metrics_say(scored: tuple[dict[str, Any], Path]) -> None:
    """Each eval left a file that meets sae-bench's schema, whose figures are those of the metrics, to the last digit."""
    scores, folder = scored
    places = {
        "core": {
            ("reconstruction_quality", "explained_variance"): "explained_variance",
            ("reconstruction_quality", "mse"): "mse",
            ("reconstruction_quality", "cossim"): "cosine",
            ("sparsity", "l0"): "l0",
            ("misc_metrics", "average_max_decoder_cosine_sim"): "decoder_cosine",
            ("model_performance_preservation", "ce_loss_score"): "ce_loss_score",
            ("model_behavior_preservation", "kl_div_score"): "kl_div_score",
        },
        "absorption_first_letter": {
            ("mean", "mean_absorption_fraction_score"): "absorption_fraction",
            ("mean", "mean_full_absorption_score"): "full_absorption",
        },
        "sparse_probing": {("sae", f"sae_top_{k}_test_accuracy"): f"probing_top_{k}" for k in KS},
        "sparse_probing_sae_probes": {("sae", f"sae_top_{k}_test_accuracy"): f"sae_probes_top_{k}" for k in KS},
        "scr": {("scr_metrics", f"scr_metric_threshold_{n}"): f"scr_top_{n}" for n in (5, 20)},
        "tpp": {("tpp_metrics", f"tpp_threshold_{n}_total_metric"): f"tpp_top_{n}" for n in (5, 20)},
    }
    for eval_type, bound in places.items():
        value = json.loads((folder / eval_type / f"run_3{SUFFIX}").read_text())
        outputs_check(eval_type, value)
        assert value["eval_type_id"] == eval_type
        for (category, name), metric in bound.items():
            assert value["eval_result_metrics"][category][name] == pytest.approx(
                scores["metrics"][metric]["mean"], rel=1e-9
            ), (eval_type, name)
    core = json.loads((folder / "core" / f"run_3{SUFFIX}").read_text())
    assert len(core["eval_result_details"]) == 200
    assert core["sae_cfg_dict"]["architecture"] == "topk"
    never_on = [latent for latent in core["eval_result_details"] if latent["feature_density"] == 0]
    assert all(latent["consistent_activation_heuristic"] == -1 for latent in never_on)


def outputs_check(eval_type: str, value: object) -> None:
    """Raises OutputError where the file of that folder is not as its schema says."""
    [result] = [each.result for each in EVALS if each.result.folder == eval_type]
    result.check(value)


def test_a_file_that_is_not_saebench_s_is_refused(scored: tuple[dict[str, Any], Path]) -> None:
    """A missing figure, a text where a number belongs, or a schema that asks for more: no file is written."""
    value = json.loads((scored[1] / "scr" / f"run_3{SUFFIX}").read_text())
    broken = json.loads(json.dumps(value))
    del broken["eval_id"]
    with pytest.raises(OutputError, match="eval_id is missing"):
        outputs_check("scr", broken)
    broken = json.loads(json.dumps(value))
    broken["eval_result_metrics"]["scr_metrics"]["scr_metric_threshold_5"] = "high"
    with pytest.raises(OutputError, match="scr_metric_threshold_5: 'high' is no"):
        outputs_check("scr", broken)


def test_a_program_that_names_no_directions_is_scored_where_none_are_needed(
    artifacts: Artifacts, hooked: Any, tmp_path: Path
) -> None:
    """Core and probing have their metrics and their files; how alike decoder directions are stays unknown."""
    sae = an_sae().sae
    blind = replace(an_sae(), sae=ScoredSAE("program", {}, programs=Programs(sae.encode, sae.decode)))
    assert blind.directions is None
    writer = Writer(blind, tmp_path, "run_3")
    subject = tiny_subject(blind, artifacts, hooked, activations=activations(300), repeats=1, writer=writer)
    found = score(subject, choose("core,sparse_probing"))
    assert {"explained_variance", "kl_div_score", "probing_top_1"} <= set(found.metrics)
    assert "decoder_cosine" not in found.metrics
    core = json.loads((tmp_path / "core" / f"run_3{SUFFIX}").read_text())
    outputs_check("core", core)
    assert core["eval_result_metrics"]["misc_metrics"]["average_max_decoder_cosine_sim"] == -1


def test_a_program_is_scored_like_the_weights_that_it_describes(artifacts: Artifacts, hooked: Any) -> None:
    """The same SAE as weights and as a program has the same scores, in every eval."""
    weights = an_sae()
    as_program = replace(weights, sae=_as_program(weights))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(absorption, "MIN_PROBE_F1", -1.0)
        first, second = (
            score(tiny_subject(each, artifacts, hooked, activations=activations(300), repeats=1), DEFAULT)
            for each in (weights, as_program)
        )
    means, expected = ({name: value.mean for name, value in each.metrics.items()} for each in (second, first))
    assert means == pytest.approx(expected, abs=1e-4)


def _as_program(submission: Submission) -> ScoredSAE:
    sae = submission.sae
    programs = Programs(lambda x: sae.encode(x), lambda codes: sae.decode(codes))
    return ScoredSAE("program", {"W_dec": sae.W_dec.data}, programs=programs)


def test_a_model_that_the_evals_do_not_know_is_one_line(tmp_path: Path) -> None:
    """An unknown language model ends the command with one `error:` line."""
    config = {"k": 12, "d_sae": 200, "model": "no/such-model", "layer": LAYER, "context": CONTEXT}
    tensors = {name: getattr(an_sae().sae, name) for name in ("W_enc", "b_enc", "W_dec", "b_dec")}
    save_run(tmp_path, SavedSAE("topk", tensors, {"k": 12}), config, {"steps": 1}, {"step": [0], "loss": [1.0]})
    command = [sys.executable, "-m", "harness.evaluation", f"--run_dir={tmp_path}", f"--out={tmp_path / 'o.json'}"]
    env = {"PYTHONPATH": str(REPOSITORY), "LABLOOP_CACHE": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("error: ")


def test_scores_are_the_same_to_the_digit(artifacts: Artifacts, own_cache: Path, tmp_path: Path) -> None:
    """One eval after the other, side by side on three cores, and after another run: equal numbers, result files and all;
    nothing of weight is loaded any more once it waits."""
    save(artifacts, tmp_path / "artifacts.pt")
    config = {"k": 12, "d_sae": 200, "model": "labloop-gemma2-tiny", "layer": 2, "context": 128}
    tensors = {name: getattr(an_sae().sae, name) for name in ("W_enc", "b_enc", "W_dec", "b_dec")}
    run = tmp_path / "run_1"
    save_run(run, SavedSAE("topk", tensors, {"k": 12}), config, {"steps": 1}, {"step": [0], "loss": [1.0]})
    asked = Asked(tmp_path, WAITING, str(tmp_path / "artifacts.pt"))
    found: list[list[dict[str, Any]]] = []
    for cores in (1, 3, 1):
        out = tmp_path / str(len(found)) / "scores.json"
        out.parent.mkdir()
        assert asked.score(str(cores), f"--run_dir={run}", f"--out={out}", "--repeats=2") == {"exit_code": 0}, (
            asked.log("stderr")
        )
        files = sorted((out.parent / "sae_bench").rglob("*.json"))
        found.append([without_its_time(json.loads(path.read_text())) for path in (out, *files)])
        late = asked.log("stdout").split()
        assert not [name for name in late if name.startswith(("sae_", "transformer", "sklearn", "datasets"))]
    assert len(found[0]) == 1 + len(DEFAULT)
    assert found[0] == found[1] == found[2]
    assert asked.close() == 0


def without_its_time(value: dict[str, Any]) -> dict[str, Any]:
    """A file without what says when it was made."""
    value.get("details", {}).pop("seconds", None)
    return {name: each for name, each in value.items() if name not in ("eval_id", "datetime_epoch_millis")}
