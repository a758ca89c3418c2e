"""The whole evaluation on the shipped language model, made small: artifacts, core, probing, the command."""

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from harness.evaluation import scoring, upstream
from harness.evaluation.measures.behaviour import core_scores
from harness.evaluation.measures.probing import KS, ProbingData, mean_codes, probing_scores
from harness.evaluation.prepared import artifacts as made
from harness.evaluation.prepared import sizes
from harness.evaluation.results.outputs import SCHEMAS, SUFFIX, OutputError, Writer
from harness.evaluation.results.schema import violations
from harness.evaluation.submitted.submission import Submission
from harness.evaluation.upstream.lens import load_hooked
from harness.lm import load_lm
from harness.saved import SavedSAE
from tests.harness.evaluation.examples import Oracle, random_submission

pytestmark = pytest.mark.slow  # imports sae-bench, runs the language model

REPOSITORY = Path(__file__).resolve().parents[3]
LAYER, CONTEXT, D_IN = 2, 128, 128
SMALL = replace(
    sizes.SIZES, core_rows=4, train_glosses=24, test_glosses=12, gloss_tokens=12, repeats=2, scr_train=20, scr_test=12
)


@pytest.fixture(scope="module")
def hooked():
    return load_hooked("labloop-gemma2-tiny")


def some_words_of_each_letter(words) -> list[str]:
    """Up to 25 words of each letter, so that few words still have all letters."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted(words):
        by_letter.setdefault(word.strip()[0].lower(), []).append(word)
    return [word for kept in by_letter.values() for word in kept[:25]]


@pytest.fixture(scope="module")
def artifacts(hooked):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "SIZES", SMALL)
        patch.setattr(made.absorption, "label_words", some_words_of_each_letter)
        return made.build(hooked, LAYER, CONTEXT)


def an_sae(d_sae: int = 200, k: int = 12) -> Submission:
    return random_submission(D_IN, d_sae, k, model="labloop-gemma2-tiny")


class Identity:
    """An SAE that loses nothing, in the shape that sae-bench asks for."""

    def __init__(self, noise: float = 0.0) -> None:
        self.cfg = upstream.as_upstream_sae(an_sae()).cfg
        self.device, self.dtype, self.noise = torch.device("cpu"), torch.float32, noise

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return x

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        return codes + self.noise * codes.std() * torch.randn(codes.shape, generator=torch.Generator().manual_seed(0))


def test_the_hooked_model_is_the_language_model(hooked):
    """Logits and the residual stream after block 2 equal transformers' within 1e-4."""
    model = load_lm("labloop-gemma2-tiny").model
    tokens = torch.randint(3, 8000, (2, CONTEXT), generator=torch.Generator().manual_seed(0))
    tokens[:, 0] = 2
    with torch.no_grad():
        theirs = model(tokens, output_hidden_states=True)
        logits, cache = hooked.run_with_cache(tokens)
    assert torch.allclose(logits, theirs.logits, atol=1e-4)
    assert torch.allclose(cache["blocks.2.hook_resid_post"], theirs.hidden_states[LAYER + 1], atol=1e-4)


def test_core_is_one_without_loss_and_falls_with_noise(hooked, artifacts):
    """A perfect reconstruction scores 1 on cross-entropy and KL; the more noise, the lower both."""
    special = made.special_tokens(hooked.tokenizer)
    perfect, slight, heavy = (core_scores(Identity(n), hooked, artifacts.tokens, special) for n in (0.0, 0.3, 1.0))
    for name in ("ce_loss_score", "kl_div_score"):
        assert perfect[name] == pytest.approx(1.0, abs=1e-5)
        assert 1 > slight[name] > heavy[name]
    with pytest.raises(ValueError, match="no multiple"):
        core_scores(Identity(), hooked, artifacts.tokens[:3], special)


def test_probing_finds_a_latent_that_names_the_class_and_none_in_noise():
    """One latent per class gives accuracy 1 with one latent; latents of pure noise give chance."""
    torch.manual_seed(0)
    classes = ("a", "b", "c", "d")

    def data(informative: bool) -> dict[str, torch.Tensor]:
        found = {}
        for number, name in enumerate(classes):
            codes = torch.rand(120, 30)
            codes[:, number] += 5.0 * informative
            found[name] = codes
        return found

    found = probing_scores(data(True), data(True), repeat=0)
    told = found.scores()
    blind = probing_scores(data(False), data(False), repeat=0).scores()
    assert set(found.accuracy[1]) == set(classes)
    assert set(told) == {f"probing_top_{k}" for k in KS}
    assert told["probing_top_1"] > 0.99
    assert all(abs(value - 0.5) < 0.12 for value in blind.values())


def test_mean_codes_leave_out_special_tokens():
    """Zeroed positions do not count: the mean over a gloss is over its own tokens."""
    sae = upstream.as_upstream_sae(an_sae())
    x = torch.randn(3, 5, D_IN)
    padded = torch.cat([x, torch.zeros(3, 4, D_IN)], 1)
    codes, _ = mean_codes(sae, ProbingData({"a": padded}, {"a": padded}))
    assert torch.allclose(codes["a"], sae.encode(x).mean(1), atol=1e-5)


def test_artifacts_are_balanced_held_out_and_survive_the_disk(artifacts, tmp_path):
    """Classes are equally large, no word is both trained and tested on, and load gives back what save wrote."""
    letters = artifacts.letters
    assert not set(letters.train_words) & set(letters.test_words)
    assert len(letters.test_words) == pytest.approx(len(letters.train_words) / 4, abs=1)
    assert {tuple(rows.shape) for rows in artifacts.probing.train.values()} == {(24, 12, D_IN)}
    assert artifacts.tokens.shape == (4, CONTEXT)
    made.save(artifacts, tmp_path / "artifacts.pt")
    again = made.load(tmp_path / "artifacts.pt")
    assert list(again.letters.prompts) == list(letters.prompts)
    assert torch.equal(again.letters.test_activations, letters.test_activations)
    for name, rows in artifacts.probing.test.items():
        assert torch.allclose(again.probing.test[name], rows, atol=0.05)


def test_cached_prompts_are_what_the_model_reads(artifacts, hooked):
    """The replayed activation of a prompt is the language model's own at the word's token."""
    prompts = list(artifacts.letters.prompts)[:3]
    _, cache = hooked.run_with_cache(prompts, names_filter=["blocks.2.hook_resid_post"])
    read = cache["blocks.2.hook_resid_post"][:, -6]
    for row, prompt in zip(read, prompts, strict=True):
        assert torch.allclose(row, artifacts.letters.prompts[prompt], atol=1e-4)


@pytest.fixture(scope="module")
def scored(artifacts, hooked, tmp_path_factory):
    """The scores of an SAE, as JSON, and the folder of SAEBench's files."""
    folder = tmp_path_factory.mktemp("scored") / "sae_bench"
    activations = torch.randn(600, D_IN, generator=torch.Generator().manual_seed(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made.absorption, "MIN_PROBE_F1", -1.0)  # too few words here for good probes
        submission = an_sae()
        subject = scoring.Subject(
            submission, activations, artifacts, hooked, 2, writer=Writer(submission, folder, "run_3")
        )
        return scoring.score(subject).as_json(), folder


def test_every_declared_metric_is_scored_with_its_repeats(scored):
    """The default evals give all metrics of template.toml that a result must have, finite; n and spread where an eval
    draws at random."""
    tomllib = pytest.importorskip("tomllib")
    metrics = scored[0]["metrics"]
    declared = tomllib.loads((REPOSITORY / "template.toml").read_text())["metrics"]
    needed = {name for name, each in declared.items() if not each.get("optional")}
    assert needed <= set(metrics)
    assert {"scr_top_5", "scr_top_20", "tpp_top_5", "tpp_top_20"} <= set(metrics)
    for name, value in metrics.items():
        drawn = name.startswith(("absorption", "full_absorption", "probing"))
        assert math.isfinite(value["mean"])
        assert value["n"] == (2 if drawn else 1)
        assert (value["spread"] is not None) == drawn
    assert len(json.dumps(scored[0], allow_nan=False)) < 200_000


def test_autointerp_runs_as_the_default_evals_do(artifacts, hooked, tmp_path, monkeypatch):
    """On request, with a judge, through the same door: its metric, its details, SAEBench's file."""
    monkeypatch.setattr(scoring, "SIZES", replace(sizes.SIZES, interpreted=3, interpreted_tokens=4_000))
    submission = an_sae()
    writer = Writer(submission, tmp_path, "run_3")
    subject = scoring.Subject(
        submission, torch.zeros(0, D_IN), artifacts, hooked, 2, judge=Oracle("None"), writer=writer
    )
    found = scoring.score(subject, ("autointerp",))
    assert 0.5 < found.metrics["autointerp"].mean < 0.75  # what a judge has who always says none
    assert found.details["autointerp"]["judge"] == "oracle"
    assert len(found.details["autointerp"]["explanations"]) == 3
    outputs_check("autointerp", json.loads((tmp_path / "autointerp" / f"run_3{SUFFIX}").read_text()))


def test_the_details_are_what_figures_are_drawn_from(scored, artifacts):
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
        mean = sum(letter[name] for letter in letters) / len(letters)
        assert mean == pytest.approx(metrics[name]["mean"], abs=1e-3)
    for k in ("1", "2", "5"):
        assert details["probing_by_k"][k] == pytest.approx(metrics[f"probing_top_{k}"]["mean"], abs=1e-3)
        by_class = [accuracy[k] for accuracy in details["probing_by_class"].values()]
        assert sum(by_class) / len(by_class) == pytest.approx(details["probing_by_k"][k], abs=1e-3)
    assert details["probing_language_model"] == artifacts.probing.llm
    assert set(details["seconds"]) == set(scoring.DEFAULT)


def test_the_files_are_saebench_s_and_say_what_the_metrics_say(scored):
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
    from harness.evaluation.results.outputs import check

    check(eval_type, value)


def test_a_file_that_is_not_saebench_s_is_refused(scored):
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


def test_the_shipped_schemas_are_those_of_sae_bench_s_classes():
    """A changed field of an output class shows in its schema: where they part, our files would meet the wrong one."""
    from importlib.resources import files

    from pydantic import TypeAdapter

    for kind, eval_type in (
        ("CoreEvalOutput", "core"),
        ("AbsorptionEvalOutput", "absorption_first_letter"),
        ("SparseProbingEvalOutput", "sparse_probing"),
        ("ScrEvalOutput", "scr"),
        ("TppEvalOutput", "tpp"),
        ("AutoInterpEvalOutput", "autointerp"),
    ):
        shipped = json.loads((files("sae_bench") / "evals" / SCHEMAS[eval_type]).read_text())
        assert TypeAdapter(getattr(upstream.outputs, kind)).json_schema() == shipped
        assert violations({}, shipped), eval_type


def test_a_program_that_names_no_directions_is_scored_where_none_are_needed(artifacts, hooked, tmp_path):
    """Core and probing have their metrics and their files; how alike decoder directions are stays unknown."""
    from harness.evaluation.submitted.scored import Programs, ScoredSAE

    sae = an_sae().sae
    blind = replace(an_sae(), sae=ScoredSAE("program", {}, programs=Programs(sae.encode, sae.decode)))
    assert blind.directions is None
    writer = Writer(blind, tmp_path, "run_3")
    subject = scoring.Subject(blind, torch.randn(300, D_IN), artifacts, hooked, 1, writer=writer)
    found = scoring.score(subject, ("core", "sparse_probing"))
    assert {"explained_variance", "kl_div_score", "probing_top_1"} <= set(found.metrics)
    assert "decoder_cosine" not in found.metrics
    core = json.loads((tmp_path / "core" / f"run_3{SUFFIX}").read_text())
    outputs_check("core", core)
    assert core["eval_result_metrics"]["misc_metrics"]["average_max_decoder_cosine_sim"] == -1


def test_a_language_model_in_half_precision_is_judged_in_full(artifacts):
    """Cross-entropy and KL of a bfloat16 model come from float32 logits: not in steps of 1/64, and near float32's."""
    half, whole = (load_hooked("labloop-gemma2-tiny", "cpu", dtype) for dtype in ("bfloat16", "float32"))
    special = made.special_tokens(whole.tokenizer)
    sae = upstream.as_upstream_sae(an_sae())
    found, exact = (core_scores(sae, model, artifacts.tokens, special) for model in (half, whole))
    assert (64 * found["ce_loss_with_sae"]) % 1 != 0
    for name in ("ce_loss_score", "kl_div_score"):
        assert found[name] == pytest.approx(exact[name], abs=0.01)
    assert not half.unembed._forward_hooks


def test_a_program_is_scored_like_the_weights_that_it_describes(artifacts, hooked):
    """The same SAE as weights and as a program has the same scores, in every eval."""
    weights = an_sae()
    as_program = replace(weights, sae=_as_program(weights))
    activations = torch.randn(300, D_IN, generator=torch.Generator().manual_seed(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made.absorption, "MIN_PROBE_F1", -1.0)
        first, second = (
            scoring.score(scoring.Subject(each, activations, artifacts, hooked, 1)).as_json()["metrics"]
            for each in (weights, as_program)
        )
    assert {name: value["mean"] for name, value in second.items()} == pytest.approx(
        {name: value["mean"] for name, value in first.items()}, abs=1e-4
    )


def _as_program(submission: Submission):
    from harness.evaluation.submitted.scored import Programs, ScoredSAE

    sae = submission.sae
    programs = Programs(lambda x: sae.encode(x), lambda codes: sae.decode(codes))
    return ScoredSAE("program", {"W_dec": sae.W_dec.data}, programs=programs)


def test_mean_and_spread_over_repeats():
    """Mean and sample standard deviation over repeats; one repeat has no spread."""
    found = scoring.over_repeats([{"a": 1.0}, {"a": 2.0}, {"a": 6.0}])["a"]
    assert (found.mean, found.n) == (3.0, 3)
    assert found.spread == pytest.approx(2.6457513)
    assert scoring.over_repeats([{"a": 1.0}])["a"] == scoring.Value(1.0, None, 1)


def test_a_model_that_the_evals_do_not_know_is_one_line(tmp_path):
    """An unknown language model ends the command with one `error:` line."""
    from harness.saved import save_run

    config = {"k": 12, "d_sae": 200, "model": "no/such-model", "layer": LAYER, "context": CONTEXT}
    tensors = {name: getattr(an_sae().sae, name) for name in ("W_enc", "b_enc", "W_dec", "b_dec")}
    save_run(tmp_path, SavedSAE("topk", tensors, {"k": 12}), config, {"steps": 1}, {"step": [0], "loss": [1.0]})
    command = [sys.executable, "-m", "harness.evaluation", f"--run_dir={tmp_path}", f"--out={tmp_path / 'o.json'}"]
    env = {"PYTHONPATH": str(REPOSITORY), "LABLOOP_CACHE": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("error: ")
