"""The passes of the language model that know no SAE, kept: the same digits, and fewer passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from harness.evaluation.measures.behaviour import core_scores
from harness.evaluation.measures.prepared.artifacts import Artifacts, special_tokens
from harness.evaluation.measures.prepared.passes import Passes, Remembering, load_passes, read_passes
from harness.evaluation.scoring.described import as_upstream_sae
from harness.read.lm import LOCAL_MODEL
from tests.harness.evaluation.examples import an_sae

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s

HOOK = "blocks.2.hook_resid_post"


class Counting:
    """A language model that counts how often it reads."""

    def __init__(self, model: Any) -> None:
        self._model, self.passes = model, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def __call__(self, *given: Any, **named: Any) -> Any:
        self.passes += 1
        return self._model(*given, **named)

    def run_with_hooks(self, *given: Any, **named: Any) -> Any:
        self.passes += 1
        return self._model.run_with_hooks(*given, **named)


@pytest.fixture(scope="module")
def tokens(artifacts: Artifacts) -> torch.Tensor:
    """Eight texts: two batches."""
    return torch.cat([artifacts.tokens, artifacts.tokens.roll(1, 0)])


def test_scores_are_the_same_to_the_digit_with_a_third_of_the_passes(hooked: Any, tokens: torch.Tensor) -> None:
    """Two batches: six passes where nothing is known, two where the others are remembered; every score is equal."""
    sae, special = as_upstream_sae(an_sae()), special_tokens(hooked.tokenizer)
    before, after = Counting(hooked), Counting(hooked)
    expected = core_scores(sae, before, tokens, special)
    assert core_scores(sae, Remembering(after, read_passes(hooked, HOOK, tokens)), tokens, special) == expected
    assert (before.passes, after.passes) == (6, 2)


def test_other_texts_are_read(hooked: Any, tokens: torch.Tensor, artifacts: Artifacts) -> None:
    """What was not read before is not remembered, and neither is another hook than sae-bench's zeros."""
    sae, special = as_upstream_sae(an_sae()), special_tokens(hooked.tokenizer)
    counting = Counting(hooked)
    other = artifacts.tokens.flip(0)
    knowing = Remembering(counting, read_passes(hooked, HOOK, tokens))
    assert core_scores(sae, knowing, other, special) == core_scores(sae, hooked, other, special)
    assert counting.passes == 3


def test_zeros_that_differ_by_place_are_kept_whole(hooked: Any, tokens: torch.Tensor) -> None:
    """The shipped model's logits are one row after zeros, stored once; where a model's differ, all are stored."""
    found = read_passes(hooked, HOOK, tokens)
    assert found.zeroed.shape == (1, 1, found.clean.shape[2])
    biased = hooked.unembed.register_forward_hook(
        lambda _module, _given, logits: logits + torch.arange(logits.shape[1])[None, :, None]
    )
    try:
        assert read_passes(hooked, HOOK, tokens).zeroed.shape == found.clean.shape
    finally:
        biased.remove()


def test_they_are_kept_and_found_again(
    hooked: Any, tokens: torch.Tensor, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time the model reads nothing; in a cache that cannot be written there are none, which is no error."""
    first = load_passes(LOCAL_MODEL, 2, hooked, tokens)
    counting = Counting(hooked)
    again = load_passes(LOCAL_MODEL, 2, counting, tokens)
    assert isinstance(first, Passes)
    assert isinstance(again, Passes)
    assert counting.passes == 0
    assert torch.equal(first.clean, again.clean)
    assert torch.equal(first.zeroed_loss, again.zeroed_loss)
    monkeypatch.setattr("harness.store.cache.Cache.is_writable", lambda self: False)
    assert load_passes(LOCAL_MODEL, 1, hooked, tokens) is None
