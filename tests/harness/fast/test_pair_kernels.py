"""The compiled loops over pairs, against torch; what C would not notice is refused before it is called."""

from __future__ import annotations

import pytest
import torch

from harness.fast import kernels, pair_kernels

pytestmark = pytest.mark.skipif(not kernels.usable(torch.zeros(1)), reason="there is no C compiler here")


def sparse(batch: int = 50, d_sae: int = 31, k: int = 5, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    indices = torch.stack([torch.randperm(d_sae, generator=generator)[:k] for _ in range(batch)])
    return indices, (torch.rand(batch, k, generator=generator) - 0.3).relu()


def test_pairs_are_counted_as_a_dense_product_counts_them() -> None:
    """Σ weight_i · weight_j by pair equals AᵀA below the diagonal; only pairs above 0 are listed, by row."""
    indices, weights = sparse()
    rows, columns, values = pair_kernels.count_pairs(indices, weights, 31)
    A = torch.zeros(50, 31).scatter_(1, indices, weights)
    expected = (A.T @ A).tril(-1)
    assert torch.equal(torch.stack([rows, columns], 1), expected.nonzero())
    assert torch.allclose(values, expected[rows, columns])


def test_no_pair_and_no_input_are_empty_lists() -> None:
    """Nothing on, one latent for each input, and an empty batch list no pair."""
    for indices, weights in (
        (torch.zeros(3, 2, dtype=torch.int64), torch.zeros(3, 2)),
        (torch.zeros(3, 1, dtype=torch.int64), torch.ones(3, 1)),
        (torch.zeros(0, 2, dtype=torch.int64), torch.zeros(0, 2)),
    ):
        assert [len(each) for each in pair_kernels.count_pairs(indices, weights, 4)] == [0, 0, 0]


@pytest.mark.parametrize("latent", [-1, 31])
def test_an_index_that_is_no_latent_is_refused(latent: int) -> None:
    """C would write beside its memory: an index below 0 or from d_sae on is an error instead."""
    indices, weights = sparse()
    indices[7, 2] = latent
    with pytest.raises(IndexError, match="outside 0 to 30"):
        pair_kernels.count_pairs(indices, weights, 31)
    with pytest.raises(ValueError, match="shapes do not fit"):
        pair_kernels.count_pairs(indices, weights[:, 1:], 31)


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("d_in", [1, 300])
def test_the_sum_is_autograds_whatever_the_number_of_threads(d_in: int, power: int) -> None:
    """Value and gradient are those of the plain formula, and bit for bit the same with one thread and with two."""
    directions = torch.randn(200, d_in, generator=torch.Generator().manual_seed(1)) / d_in**0.5
    directions.requires_grad_()
    rows, columns = torch.tril_indices(200, 200, -1)
    weights = torch.rand(len(rows), generator=torch.Generator().manual_seed(2))
    plain = (weights * (directions[rows] * directions[columns]).sum(1).abs().pow(power)).sum()
    plain.backward()
    found = []
    threads = torch.get_num_threads()
    try:
        for number in (1, 2):
            torch.set_num_threads(number)
            found.append(pair_kernels.pair_sum(directions.detach(), rows, columns, weights, power))
    finally:
        torch.set_num_threads(threads)
    assert found[0][0].item() == pytest.approx(plain.item(), rel=1e-5)
    assert torch.allclose(found[0][1], directions.grad, rtol=1e-4, atol=1e-4)
    assert torch.equal(found[0][0], found[1][0])
    assert torch.equal(found[0][1], found[1][1])


def test_pairs_of_another_length_are_refused() -> None:
    """Rows, columns and weights must be as many."""
    one = torch.zeros(1, dtype=torch.int64)
    with pytest.raises(ValueError, match="shapes do not fit"):
        pair_kernels.pair_sum(torch.ones(2, 2), one, one, torch.ones(2), 1)
