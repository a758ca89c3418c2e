"""RAVEL: what the shipped model does not know, and sae-bench's own eval on stand-ins of its data."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from harness.evaluation import upstream
from harness.evaluation.evals import Plan
from harness.evaluation.full import score_full
from harness.evaluation.measures import ravel
from harness.evaluation.results import outputs
from harness.evaluation.submitted.scored import ScoredSAE
from harness.evaluation.submitted.submission import Submission
from harness.evaluation.upstream.runs import FullSubject
from harness.lm import LOCAL_MODEL, load_lm, model_folder

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s

WORDS = ["man", "table", "dog", "green", "plant", "bird", "city", "light", "ship", "house", "water", "king"]
SETTINGS = {
    "entity_attribute_selection": {"word": ["Letter", "Gloss"]},
    "top_n_entities": 12,
    "num_pairs_per_attribute": 12,
    "llm_batch_size": 3,
    "num_epochs": 2,
    "n_generated_tokens": 2,
    "train_test_split": 0.5,
}


@pytest.fixture(scope="module")
def lm():
    return load_lm(LOCAL_MODEL)


def exact() -> Submission:
    """An SAE that rebuilds everything: z = (x⁺, x⁻), x̂ = x⁺ − x⁻."""
    both = torch.cat([torch.eye(128), -torch.eye(128)])
    tensors = {"W_enc": both.T.clone(), "b_enc": torch.zeros(256), "W_dec": both, "b_dec": torch.zeros(128)}
    return Submission(ScoredSAE("standard", tensors), 128, 256, LOCAL_MODEL, layer=0, context=128)


def stand_in(folder: Path, lm, kind: str = "word") -> Path:
    """RAVEL's four files for words: the letter they begin with, and what the model itself says their gloss begins with."""
    known = {}
    for word in WORDS:
        ids = lm.tokenizer(f"{word}:", return_tensors="pt")["input_ids"]
        said = lm.tokenizer.decode(lm.model(ids).logits[0, -1].argmax())
        known[word] = {"Letter": word[0].upper(), "Gloss": said.strip()}
    templates = {"Letter": ["\n%s has the first letter:"], "Gloss": ["%s:"]}
    content = {
        "entity_attributes": known,
        "entity_to_split": dict.fromkeys(WORDS, "train"),
        "attribute_to_prompts": templates,
        "prompt_to_split": {each[0]: "train" for each in templates.values()},
    }
    folder.mkdir(parents=True)
    for part, value in content.items():
        (folder / f"ravel_{kind}_{part}.json").write_text(json.dumps(value))
    return folder


@pytest.fixture
def data(tmp_path, lm, monkeypatch):
    monkeypatch.setenv("LABLOOP_CACHE", str(tmp_path / "cache"))
    return stand_in(tmp_path / "data", lm)


def run(lm, data: Path, **settings):
    return ravel.full(upstream.as_upstream_sae(exact()), lm, model_folder(LOCAL_MODEL), data, SETTINGS | settings)


def test_the_shipped_model_knows_letters_and_nothing_else(lm):
    """The measured reason for which RAVEL is out of reach: one attribute known, three no better than one answer for all."""
    found = ravel.knowledge(lm, sample=150)
    assert {each.attribute: each.is_known for each in found} == {
        "first letter": True,
        "opening of its gloss": False,
        "nationality": False,
        "occupation": False,
    }
    said = ravel.shortfall(found)
    assert len(said) == 1 and "first letter of a word 0.9" in said[0] and "nationality" in said[0]


def test_two_known_attributes_of_one_kind_are_enough():
    """Two of one kind will do; two of different kinds will not; a frequent answer is no knowledge."""
    letter = ravel.Known("word", "letter", 0.99, 0.1, 10)
    assert ravel.shortfall([letter, ravel.Known("word", "class", 0.8, 0.5, 10)]) == []
    assert ravel.shortfall([letter, ravel.Known("person", "class", 0.8, 0.5, 10)])
    assert ravel.shortfall([letter, ravel.Known("word", "class", 0.8, 0.75, 10)])


def test_an_empty_mask_isolates_everything_and_causes_nothing(lm, data):
    """Untrained, no latent is exchanged: every answer stays. Everything is put back afterwards."""
    hooks = [len(block._forward_hooks) for block in lm.model.model.layers]
    here = Path.cwd()
    found = run(lm, data, learning_rate=0.0)
    assert (found.cause, found.isolation) == (0.0, 1.0)
    assert found.scores() == {"ravel": 0.5}
    assert hooks == [len(block._forward_hooks) for block in lm.model.model.layers]
    assert Path.cwd() == here


def test_a_trained_mask_changes_answers(lm, data):
    """At the first block the word's own latents decide its letter: exchanged by a trained mask, answers become the other word's."""
    found = run(lm, data, learning_rate=0.1, num_epochs=4)
    assert found.cause > 0.1
    assert set(found.by_attribute) == {"word_Letter", "word_Gloss"}


def test_the_prompts_are_asked_once(lm, data, monkeypatch):
    """The second SAE finds the prompts that the model answers in the cache."""
    first = run(lm, data, learning_rate=0.0)
    monkeypatch.setattr(ravel.upstream, "RAVELInstance", None)
    assert run(lm, data, learning_rate=0.0) == first


def test_too_few_right_answers_are_an_error_not_a_nan(lm, data):
    """Fewer pairs than a batch: sae-bench would average nothing."""
    with pytest.raises(ravel.RavelError, match="too few|too little"):
        run(lm, data, learning_rate=0.0, llm_batch_size=64)


@pytest.mark.parametrize("lm_dtype", ["float32", "bfloat16"])
def test_it_is_scored_as_the_other_evals_at_full_scale_are(lm, data, tmp_path, lm_dtype):
    """Through their door, in the language model's own precision: its metric, its details, SAEBench's file as its schema says."""
    stand_in(tmp_path / "hub" / ravel.DATA_SET, lm)
    submission = replace(exact(), scale="full", lm_dtype=lm_dtype)
    plan = Plan(("ravel",), "full", LOCAL_MODEL, data_dir=tmp_path / "hub")
    writer = outputs.Writer(submission, tmp_path / "out", "run_1")
    settings = {"ravel": SETTINGS | {"learning_rate": 0.0}}
    found = score_full(FullSubject(submission, torch.zeros(0, 128), plan, writer, 1, settings=settings))
    assert (found.metrics["ravel"].mean, found.metrics["ravel"].n) == (0.5, 1)
    assert found.details["ravel"]["isolation"] == 1
    assert set(found.details["ravel"]["by_attribute"]) == {"word_Letter", "word_Gloss"}
    value = json.loads((tmp_path / "out" / "ravel" / f"run_1{outputs.SUFFIX}").read_text())
    outputs.check("ravel", value)
    assert value["eval_result_metrics"]["ravel"] == {
        "disentanglement_score": 0.5,
        "cause_score": 0,
        "isolation_score": 1,
    }
    assert value["eval_result_unstructured"] == found.details["ravel"]["by_attribute"]


@pytest.mark.parametrize("kind", ["GPTNeoXForCausalLM", "LlamaForCausalLM", "Gemma3ForCausalLM", None])
def test_a_model_that_sae_bench_cannot_read_is_refused_before_a_prompt_is_asked(lm, data, tmp_path, monkeypatch, kind):
    """By its config.json, in one line: in the check beforehand, and again where the eval is run."""
    (tmp_path / "model").mkdir()
    config = json.loads((model_folder(LOCAL_MODEL) / "config.json").read_text())
    config = config | {"architectures": [kind] if kind else None}
    (tmp_path / "model" / "config.json").write_text(json.dumps(config))
    (said,) = ravel.missing(Plan(("ravel",), "full", str(tmp_path / "model"), data_dir=tmp_path))
    assert (f"is a {kind}: choose a Gemma-2 model" if kind else "does not say what kind") in said
    monkeypatch.setattr(ravel.upstream, "RAVELInstance", None)  # nothing is asked
    with pytest.raises(ravel.RavelError, match="RAVEL cannot be scored: .*(Gemma-2|config.json)"):
        ravel.full(upstream.as_upstream_sae(exact()), lm, tmp_path / "model", data, SETTINGS)


def test_what_is_missing_is_said_before(tmp_path, monkeypatch):
    """The data set by name, then its files one by one; nothing where all are there."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    plan = Plan(("ravel",), "full", data_dir=tmp_path)
    assert ravel.DATA_SET in ravel.missing(plan)[0]
    folder = tmp_path / ravel.DATA_SET
    folder.mkdir(parents=True)
    (folder / f"ravel_nobel_prize_winner_{ravel.PARTS[0]}.json").write_text("{}")
    assert any("ravel_city_entity_attributes.json" in each for each in ravel.missing(plan))
    for kind in ("city", "nobel_prize_winner"):
        for part in ravel.PARTS:
            (folder / f"ravel_{kind}_{part}.json").write_text("{}")
    assert ravel.missing(plan) == []
