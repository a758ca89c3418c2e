"""RAVEL: what the shipped model does not know, and sae-bench's own eval on stand-ins of its data."""

import json
from pathlib import Path

import pytest
import torch

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s

from harness.evaluation import ravel, upstream  # noqa: E402
from harness.evaluation.evals import Plan  # noqa: E402
from harness.evaluation.scored import ScoredSAE  # noqa: E402
from harness.evaluation.submission import Submission  # noqa: E402
from harness.lm import LOCAL_MODEL, load_lm, model_folder  # noqa: E402

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


def exact_sae() -> ScoredSAE:
    """An SAE that rebuilds everything: z = (x⁺, x⁻), x̂ = x⁺ − x⁻."""
    both = torch.cat([torch.eye(128), -torch.eye(128)])
    tensors = {"W_enc": both.T.clone(), "b_enc": torch.zeros(256), "W_dec": both, "b_dec": torch.zeros(128)}
    return upstream.as_upstream_sae(
        Submission(ScoredSAE("standard", tensors), 128, 256, LOCAL_MODEL, layer=0, context=128)
    )


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
    return ravel.full(exact_sae(), lm, model_folder(LOCAL_MODEL), data, SETTINGS | settings)


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


def test_what_is_missing_is_said_before(tmp_path, monkeypatch):
    """The data set by name, then its files one by one; nothing where all are there."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    plan = Plan(("ravel",), "full", data_dir=tmp_path)
    assert ravel.DATA_SET in ravel.missing(plan)[0]
    folder = tmp_path / ravel.DATA_SET
    folder.mkdir(parents=True)
    assert any("ravel_city_entity_attributes.json" in each for each in ravel.missing(plan))
    for kind in ("city", "nobel_prize_winner"):
        for part in ravel.PARTS:
            (folder / f"ravel_{kind}_{part}.json").write_text("{}")
    assert ravel.missing(plan) == []
