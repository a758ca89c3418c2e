"""sae-bench's own unlearning, on stand-ins: a model that knows the answers as long as a latent for " virus" is let alone."""

import json
from pathlib import Path

import pytest
import torch

from harness.evaluation import full
from harness.evaluation.evals import Plan
from harness.evaluation.measures import questions, unlearning, unlearning_full
from harness.evaluation.results import outputs
from harness.evaluation.submitted.submission import Submission
from harness.evaluation.upstream.lens import load_hooked
from harness.evaluation.upstream.runs import FullSubject
from harness.lm import LOCAL_MODEL, model_folder
from tests.harness.evaluation.examples import latent_for
from tests.harness.evaluation.layout import questions_in_folder

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s

SETTINGS = {
    "dataset_size": 8,
    "seq_len": 64,
    "retain_thresholds": [0.01],
    "n_features_list": [1],
    "multipliers": [200],
    "llm_batch_size": 8,
}


def knows_the_answers(hooked, direction: torch.Tensor):
    """The small model, made to answer with the letter of the choice that says "right", unless x · direction is far below 0."""

    class Knowing(type(hooked)):
        def forward(self, tokens, *arguments, **named):
            seen = []
            hook = self.blocks[3].hook_resid_pre.register_forward_hook(
                lambda _module, _inputs, residual: seen.append(residual)
            )
            logits = super().forward(tokens, *arguments, **named)
            hook.remove()
            if logits is None or named.get("stop_at_layer") is not None:
                return logits
            for row, text in enumerate(self.tokenizer.batch_decode(tokens)):
                lost = bool(((seen[0][row] @ direction) < -100).any())
                letter = next((each for each in "ABCD" if f"{each}. right" in text), None)
                if letter and not lost:
                    logits[row, :, self.to_single_token(letter)] += 100
                elif lost:
                    logits[row, :, self.to_single_token("A")] -= 100
            return logits

    hooked.__class__ = Knowing
    return hooked


@pytest.fixture
def virus():
    """A hooked model that knows the answers, and an SAE with a latent for " virus"."""
    hooked = load_hooked(LOCAL_MODEL)
    virus, other = (
        hooked.tokenizer(text, return_tensors="pt")["input_ids"]
        for text in ("a virus a virus a virus", "a small town in the west, on the coast")
    )
    with torch.no_grad():
        of_virus = questions.read(hooked, 2, virus).float()[virus == hooked.to_single_token(" virus")]
        of_other = questions.read(hooked, 2, other).float()[0, 1:]
    direction = torch.nn.functional.normalize(of_virus.mean(0) - of_other.mean(0), dim=0)
    on, off = (of_virus @ direction).min(), (of_other @ direction).max()
    return knows_the_answers(hooked, direction), latent_for(direction, float((on + off) / 2))


def test_upstreams_eval_runs_on_its_own_layout(virus, tmp_path, monkeypatch):
    """Questions about viruses are lost, all others kept: sae-bench's score is the part of biology lost; files stay in place."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    here = Path.cwd()
    found = unlearning_full.full(virus[1], virus[0], questions_in_folder(tmp_path / "data"), LOCAL_MODEL, SETTINGS)
    assert found.sweep[0]["all_side_effects_mcq"] == 1
    assert found.score == 1.0
    assert Path.cwd() == here and torch.is_grad_enabled()
    assert virus[0].cfg.model_name == LOCAL_MODEL


@pytest.mark.parametrize(("multiplier", "lost"), [(200, 1.0), (1, 0.0)])
def test_it_is_scored_as_the_other_evals_at_full_scale_are(virus, tmp_path, monkeypatch, multiplier, lost):
    """Through their door, asked of the instruction-tuned sibling: its metric, its details, SAEBench's file as its schema says."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    for name in ("small", "small-it"):
        (tmp_path / name).symlink_to(model_folder(LOCAL_MODEL))
    loaded = []
    monkeypatch.setattr(full, "load_hooked", lambda name, *_: loaded.append(name) or virus[0])
    monkeypatch.setattr(FullSubject, "hooked", lambda _: None)
    model = str(tmp_path / "small")
    submission = Submission(virus[1], 128, 2, model, layer=2, context=128, scale="full")
    plan = Plan(("unlearning",), "full", model, data_dir=questions_in_folder(tmp_path / "data"))
    writer = outputs.Writer(submission, tmp_path / "out", "run_1")
    settings = {"unlearning": SETTINGS | {"multipliers": [multiplier]}}
    found = full.score_full(FullSubject(submission, torch.zeros(0, 128), plan, writer, 1, settings=settings))
    assert loaded == [f"{model}-it"]
    assert found.metrics["unlearning"].mean == lost
    assert found.details["unlearning"]["sweep"][0]["all_side_effects_mcq"] == 1
    value = json.loads((tmp_path / "out" / "unlearning" / f"run_1{outputs.SUFFIX}").read_text())
    outputs.check("unlearning", value)
    assert value["eval_result_metrics"]["unlearning"]["unlearning_score"] == lost
    assert value["eval_result_unstructured"]["sweep"] == found.details["unlearning"]["sweep"]


def test_a_model_that_knows_no_answer_is_refused(virus, tmp_path, monkeypatch):
    """Where no question is right in all orders of its choices, the eval says so instead of dividing by nothing."""
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    data = questions_in_folder(tmp_path / "data", broken=True)
    with pytest.raises(unlearning.UnlearningError, match="answers no question of .* rightly in all orders"):
        unlearning_full.full(virus[1], virus[0], data, LOCAL_MODEL, SETTINGS)
