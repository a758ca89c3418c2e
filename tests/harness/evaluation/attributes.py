"""RAVEL's files for words, small, and an SAE that rebuilds everything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from harness.evaluation.submitted.scored import ScoredSAE
from harness.evaluation.submitted.submission import Submission
from harness.read.lm import LM, LOCAL_MODEL

WORDS = ["man", "table", "dog", "green", "plant", "bird", "city", "light", "ship", "house", "water", "king"]


SETTINGS: dict[str, Any] = {
    "entity_attribute_selection": {"word": ["Letter", "Gloss"]},
    "top_n_entities": 12,
    "num_pairs_per_attribute": 12,
    "llm_batch_size": 3,
    "num_epochs": 2,
    "n_generated_tokens": 2,
    "train_test_split": 0.5,
}


def exact() -> Submission:
    """An SAE that rebuilds everything: z = (x⁺, x⁻), x̂ = x⁺ − x⁻."""
    both = torch.cat([torch.eye(128), -torch.eye(128)])
    tensors = {"W_enc": both.T.clone(), "b_enc": torch.zeros(256), "W_dec": both, "b_dec": torch.zeros(128)}
    return Submission(ScoredSAE("standard", tensors), 128, 256, LOCAL_MODEL, layer=0, context=128)


def stand_in(folder: Path, lm: LM, kind: str = "word") -> Path:
    """RAVEL's four files for words: the letter they begin with, and what the model itself says their gloss begins with."""
    known: dict[str, dict[str, str]] = {}
    for word in WORDS:
        ids = lm.tokenizer(f"{word}:", return_tensors="pt")["input_ids"]
        said = lm.tokenizer.decode(lm.model(ids).logits[0, -1].argmax())
        known[word] = {"Letter": word[0].upper(), "Gloss": said.strip()}
    templates = {"Letter": ["\n%s has the first letter:"], "Gloss": ["%s:"]}
    content: dict[str, Any] = {
        "entity_attributes": known,
        "entity_to_split": dict.fromkeys(WORDS, "train"),
        "attribute_to_prompts": templates,
        "prompt_to_split": {each[0]: "train" for each in templates.values()},
    }
    folder.mkdir(parents=True)
    for part, value in content.items():
        (folder / f"ravel_{kind}_{part}.json").write_text(json.dumps(value))
    return folder
