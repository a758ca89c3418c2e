"""Counts against loops that anyone can check."""

from __future__ import annotations

from typing import get_args

import pytest
import torch

from harness import coactivation as module
from harness.coactivation import (
    CoactivationEMA,
    Measure,
    coactivation_counts,
    count_pairs,
    firing_frequency,
    normalise_counts,
)
from harness.fast import kernels
from harness.sae import Codes

D_SAE = 7


def random_codes(batch: int = 30, k: int = 3, seed: int = 0) -> Codes:
    """Codes in which some of the k places are off (value 0)."""
    generator = torch.Generator().manual_seed(seed)
    indices = torch.stack([torch.randperm(D_SAE, generator=generator)[:k] for _ in range(batch)])
    return Codes(indices, (torch.rand(batch, k, generator=generator) - 0.2).relu())


def counted_by_hand(codes: Codes, valued: bool = False) -> torch.Tensor:
    counts = torch.zeros(D_SAE, D_SAE)
    for indices, values in zip(codes.indices.tolist(), codes.values.tolist(), strict=True):
        on = {index: value for index, value in zip(indices, values, strict=True) if value > 0}
        for i in on:
            for j in on:
                counts[i, j] += on[i] * on[j] if valued else 1
    return counts


@pytest.fixture(params=["compiled", "in a table", "sorted"])
def counting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ways of counting: compiled or with torch in a table of all pairs, for a small dictionary; else sorted keys."""
    if request.param == "sorted":
        monkeypatch.setattr(module, "COUNTED_IN_PLACE", 0)
    if request.param != "compiled":
        monkeypatch.setattr(kernels, "usable", lambda *_: False)
    elif not kernels.usable(torch.zeros(1)):
        pytest.skip("there is no C compiler here")


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize("valued", [False, True])
def test_counts_equal_a_loop_over_pairs(valued: bool) -> None:
    """N_ij is the number of inputs with both on (valued: Σ z_i z_j); a place with value 0 is off; N_i is the diagonal."""
    codes = random_codes()
    assert (codes.values == 0).any()
    by_hand = counted_by_hand(codes, valued)
    assert torch.allclose(coactivation_counts(codes, D_SAE, valued=valued), by_hand)
    listed = count_pairs(codes, D_SAE, valued=valued)
    assert torch.allclose(listed.dense(D_SAE), by_hand.clone().fill_diagonal_(0))
    assert torch.allclose(listed.single, by_hand.diagonal())
    assert (listed.rows > listed.columns).all()
    assert (listed.values > 0).all()
    assert torch.equal(listed.keys, listed.keys.sort().values)


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize("valued", [False, True])
def test_the_active_latents_alone_are_counted(valued: bool) -> None:
    """With a mask of m active latents the matrix is the [m, m] sub-matrix, and the list holds their pairs alone."""
    codes = random_codes()
    active = torch.tensor([True, False, True, True, False, False, True])
    whole = counted_by_hand(codes, valued)
    assert torch.allclose(coactivation_counts(codes, D_SAE, active, valued), whole[active][:, active])
    listed = count_pairs(codes, D_SAE, active, valued)
    assert active[listed.rows].all()
    assert active[listed.columns].all()
    assert len(listed.rows) == (whole[active][:, active].tril(-1) > 0).sum()


@pytest.mark.parametrize("measure", ["cosine", "jaccard", "conditional", "max"])
def test_normalised_counts_follow_their_formula(measure: Measure) -> None:
    """Each measure equals its formula and lies in [0, 1], from a list of pairs and from a matrix."""
    codes = random_codes()
    counts = counted_by_hand(codes)
    found = count_pairs(codes, D_SAE).normalised(measure).dense(D_SAE)
    single = counts.diagonal()
    highest = max(counts[i, j] for i in range(D_SAE) for j in range(D_SAE) if i != j)
    for i in range(D_SAE):
        for j in range(D_SAE):
            below = {
                "cosine": (single[i] * single[j]) ** 0.5,
                "jaccard": single[i] + single[j] - counts[i, j],
                "conditional": min(single[i], single[j]),
                "max": highest,
            }[measure]
            expected = 0.0 if i == j else (counts[i, j] / below).item()
            assert found[i, j].item() == pytest.approx(expected, abs=1e-6)
    assert found.max() <= 1
    assert torch.allclose(normalise_counts(counts, measure), found)


def test_latents_that_are_never_on_have_no_coactivation() -> None:
    """Nothing on is zero or an empty list, not NaN, by every measure; an unknown measure is refused."""
    off = Codes(torch.zeros(2, 2, dtype=torch.int64), torch.zeros(2, 2))
    for measure in get_args(Measure):
        assert len(count_pairs(off, 3).normalised(measure).values) == 0
        assert torch.equal(normalise_counts(torch.zeros(3, 3), measure), torch.zeros(3, 3))
        assert torch.equal(CoactivationEMA(3).normalised(measure).values, torch.zeros(3))
    with pytest.raises(ValueError, match="unknown measure 'pearson'"):
        count_pairs(off, 3).normalised("pearson")  # type: ignore[arg-type]


@pytest.mark.parametrize("max_pairs", [1000, 20])
def test_the_moving_average_is_unbiased_from_its_first_batch(max_pairs: int) -> None:
    """After one batch the average is that batch; after more it is the weighted mean, newest heaviest; the same where the
    table holds only the pairs that occurred (21 there are)."""
    ema = CoactivationEMA(D_SAE, decay=0.9, max_pairs=max_pairs)
    first, second = random_codes(batch=5, seed=1), random_codes(batch=5, seed=2)
    ema.update(first)
    expected = count_pairs(first, D_SAE).normalised().dense(D_SAE)
    assert torch.allclose(ema.normalised().dense(D_SAE), expected, atol=1e-6)
    ema.update(second)
    mixed = (0.9 * counted_by_hand(first) + counted_by_hand(second)) / 1.9
    assert torch.allclose(ema.counts.dense(D_SAE), mixed.clone().fill_diagonal_(0), atol=1e-6)
    assert torch.allclose(ema.counts.single, mixed.diagonal(), atol=1e-6)


def test_firing_frequency_is_the_part_of_inputs_a_latent_is_on_for() -> None:
    """A latent on for 2 of 4 inputs has 0.5; a place with value 0 does not count."""
    codes = Codes(torch.tensor([[0, 1], [0, 2], [1, 2], [2, 0]]), torch.tensor([[1, 1], [1, 0], [1, 1], [0, 0.0]]))
    assert firing_frequency(codes, 4).tolist() == [0.5, 0.5, 0.25, 0.0]
