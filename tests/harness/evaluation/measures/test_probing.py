"""Sparse probing on codes whose classes are known."""

from __future__ import annotations

import pytest
import torch

from harness.evaluation.measures.probing import KS, ProbingData, ProbingError, mean_codes, probing_scores
from harness.evaluation.scoring.described import as_upstream_sae
from tests.harness.evaluation.examples import an_sae

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s


def test_probing_finds_a_latent_that_names_the_class_and_none_in_noise() -> None:
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


def test_mean_codes_leave_out_special_tokens() -> None:
    """Zeroed positions do not count: the mean over a gloss is over its own tokens."""
    sae = as_upstream_sae(an_sae())
    x = torch.randn(3, 5, 128)
    padded = torch.cat([x, torch.zeros(3, 4, 128)], 1)
    codes, _ = mean_codes(sae, ProbingData({"a": padded}, {"a": padded}))
    assert torch.allclose(codes["a"], sae.encode(x).mean(1), atol=1e-5)


def test_codes_that_are_all_zero_are_no_chance_level() -> None:
    """0.5 would be a guess, not a measurement; a class that has no latent on among others that have is measured."""
    torch.manual_seed(0)
    nothing = {name: torch.zeros(60, 30) for name in "abc"}
    with pytest.raises(ProbingError, match="no latent is on in any of the glosses"):
        probing_scores(nothing, nothing, repeat=0)
    others = {**nothing, "b": torch.rand(60, 30) + 1}
    assert probing_scores(others, others, repeat=0).accuracy[1]["b"] > 0.99
