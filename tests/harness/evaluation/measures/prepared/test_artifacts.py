"""What the evals need of the language model alone: balanced, held out, and the same from the disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from harness.evaluation.measures.prepared import artifacts as made
from harness.evaluation.measures.prepared.artifacts import Artifacts
from harness.read.splits import side_of_word

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


def test_artifacts_are_balanced_held_out_and_survive_the_disk(artifacts: Artifacts, tmp_path: Path) -> None:
    """Classes are equally large, words are the split's own, and load gives back what save wrote."""
    letters = artifacts.letters
    assert {side_of_word(word) for word in letters.train_words} == {"train"}
    assert {side_of_word(word) for word in letters.test_words} == {"heldout"}
    assert set(letters.vocabulary) == set(letters.train_words)  # in-context examples
    assert {tuple(rows.shape) for rows in artifacts.probing.train.values()} == {(24, 12, 128)}
    assert artifacts.tokens.shape == artifacts.spelling.shape == (4, 128)
    made.save(artifacts, tmp_path / "artifacts.pt")
    again = made.load(tmp_path / "artifacts.pt")
    assert list(again.letters.prompts) == list(letters.prompts)
    assert torch.equal(again.letters.test_activations, letters.test_activations)
    for name, rows in artifacts.probing.test.items():
        assert torch.allclose(again.probing.test[name], rows, atol=0.05)


def test_cached_prompts_are_what_the_model_reads(artifacts: Artifacts, hooked: Any) -> None:
    """The replayed activation of a prompt is the language model's own at the word's token."""
    prompts = list(artifacts.letters.prompts)[:3]
    _, cache = hooked.run_with_cache(prompts, names_filter=["blocks.2.hook_resid_post"])
    read = cache["blocks.2.hook_resid_post"][:, -6]
    for row, prompt in zip(read, prompts, strict=True):
        assert torch.allclose(row, artifacts.letters.prompts[prompt], atol=1e-4)
