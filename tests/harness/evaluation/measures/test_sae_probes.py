"""k-sparse probing of last tokens, on codes whose classes are known, and held to sae-probes' own run."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import Tensor

from harness.evaluation.measures.probing import ProbingData
from harness.evaluation.measures.sae_probes import (
    KS,
    LastTokens,
    SaeProbesError,
    language_model_quality,
    last_tokens,
    mean_of,
    probe,
)
from harness.evaluation.upstream import sae_probes as upstream

pytestmark = pytest.mark.slow  # importing sae-bench takes 7 s

CLASSES = ("a", "b", "c", "d")


def texts(strength: float, each: int = 45, d_in: int = 20) -> LastTokens:
    """Last tokens of noise, and one dimension that names the class as strongly as is said."""
    generator = torch.Generator().manual_seed(0)
    of = torch.arange(len(CLASSES)).repeat_interleave(each)
    x = torch.rand(len(of), d_in, generator=generator)
    x[torch.arange(len(of)), of] += strength
    return LastTokens(x, CLASSES, of)


def itself(x: Tensor) -> Tensor:
    return x


def test_it_finds_a_latent_that_names_the_class_and_none_in_noise() -> None:
    """One latent a class gives accuracy, AUC and F1 of 1 with one latent; latents of pure noise give chance."""
    told, blind = probe(texts(5.0), itself, 0), probe(texts(0.0), itself, 0)
    assert set(told.scores()) == {f"sae_probes_top_{k}" for k in KS}
    assert told.by_k[1].keys() == set(CLASSES)
    best = mean_of(told.by_k[1].values())
    assert min(best.accuracy, best.auc, best.f1) > 0.99
    assert all(abs(value - 0.5) < 0.15 for value in blind.scores().values())
    assert language_model_quality(texts(5.0)).accuracy > 0.99


def test_other_seeds_draw_other_texts_and_the_same_seed_the_same() -> None:
    """To the last digit."""
    given = texts(0.4)
    assert probe(given, itself, 0) == probe(given, itself, 0)
    assert probe(given, itself, 0) != probe(given, itself, 1)


def test_the_last_token_is_the_last_that_is_no_special_one() -> None:
    """Zeroed positions before and after a text are passed over."""
    x = torch.randn(3, 4, 8)
    padded = torch.cat([torch.zeros(3, 1, 8), x, torch.zeros(3, 2, 8)], 1)
    found = last_tokens(ProbingData({"a": padded[:2], "b": padded[:2]}, {"a": padded[2:], "b": padded[2:]}))
    assert torch.equal(found.x, torch.cat([x[:, -1], x[:, -1]]))
    assert found.of.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.sizes() == (4, 2)


def test_codes_that_are_all_zero_are_no_chance_level() -> None:
    """0.5 would be a guess, not a measurement."""
    with pytest.raises(SaeProbesError, match="no latent is on for the last token"):
        probe(texts(1.0), torch.zeros_like, 0)


def test_training_texts_are_not_tested() -> None:
    """What sae-probes draws for one class: as many texts of it as of the others on either side, none on both."""
    given = texts(1.0)
    y = (given.of == 2).numpy()
    train, test = upstream.get_train_test_indices(y, *given.sizes(), seed=42)
    assert (len(train), len(test)) == (60, 30)
    assert not set(train) & set(test)
    assert y[train].mean() == y[test].mean() == 0.5


def test_its_data_sets_are_not_read_at_import() -> None:
    """sae-probes counts the texts of all its data sets when it is imported (fault P1); through our door, of those asked for."""
    plain = "import sae_probes, sys; print(len(sys.modules['sae_probes.run_sae_evals'].DATASET_SIZES))"
    done = subprocess.run([sys.executable, "-c", plain], capture_output=True, text=True, check=True)
    assert int(done.stdout) == len(upstream.DATASETS) == 113
    sizes = sys.modules["sae_probes.run_sae_evals"].DATASET_SIZES
    assert len(sizes) < 10
    assert sizes["154_athlete_sport_football"] == 1772
