"""The whole evaluation on the shipped language model, made small: artifacts, core, probing, the command."""

import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from harness.evaluation import artifacts as made
from harness.evaluation import scoring, sizes, upstream
from harness.evaluation.core import core_scores
from harness.evaluation.lens import load_hooked
from harness.evaluation.probing import KS, ProbingData, mean_codes, probing_scores
from harness.evaluation.submission import Submission
from harness.lm import load_lm
from harness.sae import unit_norm_
from harness.saved import SAEWeights

pytestmark = pytest.mark.slow  # imports sae-bench, runs the language model

REPOSITORY = Path(__file__).resolve().parents[3]
LAYER, CONTEXT, D_IN = 2, 128, 128
SMALL = replace(sizes.SIZES, core_rows=4, train_glosses=24, test_glosses=12, gloss_tokens=12, repeats=2)


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
    torch.manual_seed(0)
    directions = torch.randn(d_sae, D_IN)
    unit_norm_(directions)
    weights = SAEWeights(directions.T.clone(), torch.zeros(d_sae), directions, torch.zeros(D_IN))
    return Submission(weights, k, "labloop-gemma2-tiny", LAYER, CONTEXT)


class Identity:
    """An SAE that loses nothing, in the shape that sae-bench asks for."""

    def __init__(self, noise: float = 0.0) -> None:
        self.cfg = upstream.as_upstream_sae(an_sae()).cfg
        self.device, self.dtype, self.noise = torch.device("cpu"), torch.float32, noise

    def encode(self, x: torch.Tensor) -> torch.Tensor:
        return x

    def decode(self, codes: torch.Tensor) -> torch.Tensor:
        return codes + self.noise * codes.std() * torch.randn(
            codes.shape, generator=torch.Generator().manual_seed(0)
        )


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
    perfect, slight, heavy = (
        core_scores(Identity(n), hooked, artifacts.tokens, special) for n in (0.0, 0.3, 1.0)
    )
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

    told = probing_scores(data(True), data(True), repeat=0)
    blind = probing_scores(data(False), data(False), repeat=0)
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


def test_every_declared_metric_is_scored_with_its_repeats(artifacts, hooked, monkeypatch):
    """score() gives exactly the metrics of template.toml, finite; n and spread only where an eval draws at random."""
    tomllib = pytest.importorskip("tomllib")
    monkeypatch.setattr(made.absorption, "MIN_PROBE_F1", -1.0)  # too few words here for good probes
    activations = torch.randn(600, D_IN, generator=torch.Generator().manual_seed(2))
    scores = scoring.score(an_sae(), activations, artifacts, hooked, repeats=2).as_json()
    declared = tomllib.loads((REPOSITORY / "template.toml").read_text())["metrics"]
    assert set(scores["metrics"]) == set(declared)
    for name, value in scores["metrics"].items():
        drawn = name.startswith(("absorption", "full_absorption", "probing"))
        assert math.isfinite(value["mean"])
        assert value["n"] == (2 if drawn else 1)
        assert (value["spread"] is not None) == drawn
    json.dumps(scores, allow_nan=False)


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
    save_run(tmp_path, an_sae().weights, config, {"steps": 1}, {"step": [0], "loss": [1.0]})
    command = [
        sys.executable,
        "-m",
        "harness.evaluation",
        f"--run_dir={tmp_path}",
        f"--out={tmp_path / 'o.json'}",
    ]
    env = {"PYTHONPATH": str(REPOSITORY), "LABLOOP_CACHE": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("error: ")
