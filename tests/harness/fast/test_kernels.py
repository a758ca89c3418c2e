"""The compiled loops against torch's operations, at shapes that do not fit their blocks, and their refusals."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from harness.fast import compiled, kernels

pytestmark = pytest.mark.skipif(compiled.library() is None, reason="no C compiler here")


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize(("columns", "k"), [(1, 1), (7, 7), (40, 5), (1000, 16), (1023, 64), (8192, 40), (2500, 512)])
def test_top_k_finds_the_largest_whatever_the_shape(columns: int, k: int, dtype: Any) -> None:
    """Values equal torch.topk's exactly, and stand at their indices, each index once."""
    pre = random(9, columns).to(dtype)
    indices, values = kernels.top_k(pre, k)
    assert torch.equal(values.sort().values, pre.topk(k).values.float().relu().sort().values)
    assert torch.equal(pre.gather(1, indices).float().relu(), values)
    assert all(len(set(row.tolist())) == k for row in indices)


def test_top_k_of_equal_negative_and_infinite_entries() -> None:
    """Ties are filled up to k, rows without a positive entry give zeros, infinities are ordered."""
    pre = torch.zeros(3, 100)
    pre[1] = -1
    pre[2, 3], pre[2, 50] = torch.inf, -torch.inf
    indices, values = kernels.top_k(pre, 10)
    assert not values[:2].any()
    assert values[2].max() == torch.inf
    assert 50 not in indices[2].tolist()
    assert all(len(set(row.tolist())) == 10 for row in indices)


def test_every_number_of_threads_gives_the_same_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are whole, so 1 and 3 threads agree to the last bit."""
    monkeypatch.setattr(kernels, "SMALL", 0)
    found = []
    for threads in (1, 3):
        monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
        indices, values = kernels.top_k(random(50, 700), 12)
        by_latent = kernels.sort_by_latent(indices, 700)
        into_W, into_b = kernels.gather_rows(random(50, 33, seed=1), values, by_latent)
        back = kernels.decode_backward(random(50, 33, seed=2), random(700, 33, seed=3), values, indices)
        products = kernels.row_products(into_W, back[0], 33)
        found.append([indices, values, into_W, into_b, *back, products])
    assert all(torch.equal(one, three) for one, three in zip(*found, strict=True))


def test_gathered_rows_are_a_sparse_matrix_product() -> None:
    """gather_rows is Cᵀ·rows with the column sums of C, latents that are never on included; strides do not matter."""
    indices = torch.randint(0, 30, (40, 6), generator=torch.Generator().manual_seed(4))
    indices[indices == 17] = 3
    coefficients, rows = random(40, 6), random(11, 40).T
    dense = torch.zeros(40, 30).scatter_add_(1, indices, coefficients)
    into_W, into_b = kernels.gather_rows(rows, coefficients, kernels.sort_by_latent(indices, 30))
    assert torch.allclose(into_W, dense.T @ rows, atol=1e-5)
    assert torch.allclose(into_b, dense.sum(0), atol=1e-5)
    assert not into_W[17].any()


def test_what_does_not_fit_is_refused_before_memory_is_touched() -> None:
    """k above d_sae, a latent that is not there, and tensors of different batches are errors, not crashes."""
    with pytest.raises(ValueError, match="k 6 does not fit 5"):
        kernels.top_k(random(2, 5), 6)
    with pytest.raises(IndexError, match="outside 0 to 4"):
        kernels.sort_by_latent(torch.tensor([[0, 5]]), 5)
    by_latent = kernels.sort_by_latent(torch.tensor([[0, 1], [2, 3]]), 5)
    with pytest.raises(ValueError, match="shapes"):
        kernels.gather_rows(random(3, 8), random(2, 2), by_latent)
    with pytest.raises(ValueError, match="shapes"):
        kernels.decode_backward(random(2, 8), random(6, 8), random(2, 2), torch.tensor([[0], [1]]))


def test_other_types_are_left_to_torch() -> None:
    """float64 and half precision weights are not for the kernels."""
    assert kernels.usable(random(2, 2))
    assert not kernels.usable(random(2, 2).double())
    assert not kernels.usable(random(2, 2), random(2, 2).bfloat16())
