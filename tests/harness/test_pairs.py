"""Penalties and averages over pairs, against the double loops they stand for; and the memory they promise to stay in."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from harness import pairs as module
from harness.coactivation import CoactivationEMA, count_pairs
from harness.fast import kernels
from harness.pair_table import Pairs
from harness.pairs import PairAverage, pair_penalty
from harness.sae import Codes, unit_norm_

pytestmark = pytest.mark.slow

M = 23


class LargestTensor(TorchDispatchMode):
    """Notes the number of entries of the largest tensor that any operation returns."""

    def __init__(self) -> None:
        super().__init__()
        self.entries = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for tensor in result if isinstance(result, (tuple, list)) else (result,):
            if isinstance(tensor, torch.Tensor):
                self.entries = max(self.entries, tensor.numel())
        return result


def directions(m: int = M, d_in: int = 6, seed: int = 0) -> torch.Tensor:
    rows = torch.randn(m, d_in, generator=torch.Generator().manual_seed(seed))
    unit_norm_(rows)
    return rows


def some_pairs(m: int = M, seed: int = 1) -> Pairs:
    rows, columns = torch.tril_indices(m, m, -1)
    kept = torch.rand(len(rows), generator=torch.Generator().manual_seed(seed)) < 0.4
    return Pairs(rows[kept], columns[kept], torch.rand(int(kept.sum())) + 0.1)


def random_codes(d_sae: int, batch: int = 40, k: int = 4, seed: int = 0) -> Codes:
    """Low latents are on more often than high ones."""
    generator = torch.Generator().manual_seed(seed)
    chance = torch.linspace(1, 0.05, d_sae).pow(3).expand(batch, d_sae)
    return Codes(torch.multinomial(chance, k, generator=generator), torch.rand(batch, k, generator=generator) + 0.1)


def plain(rows: torch.Tensor, weights: torch.Tensor, power: int) -> torch.Tensor:
    """(1/m) Σ_{i>j} w_ij |f_i·f_j|^power with a full Gram matrix, symmetric w."""
    return (weights * (rows @ rows.T).abs().pow(power)).tril(-1).sum() / len(rows)


@pytest.mark.parametrize("block_rows", [5, 256])
@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("listed", ["matrix", "pairs in blocks", "pairs one by one", "pairs, compiled"])
def test_the_penalty_equals_the_full_gram_matrix_and_autograds_gradient(
    monkeypatch: pytest.MonkeyPatch, listed: str, power: int, block_rows: int
) -> None:
    """Whichever way the weights come and are worked through, value and gradient are those of the plain formula."""
    monkeypatch.setattr(module, "BLOCK_ROWS", block_rows)
    monkeypatch.setattr(module, "CHUNK_NUMBERS", 40)
    cost = 0 if listed in ("pairs one by one", "pairs, compiled") else 1000
    for name in ("LIST_COST", "LIST_COST_TORCH"):
        monkeypatch.setattr(module, name, cost)
    if listed == "pairs, compiled" and not kernels.usable(directions()):
        pytest.skip("there is no C compiler here")
    if listed == "pairs one by one":
        monkeypatch.setattr(kernels, "usable", lambda *_: False)
    pairs = some_pairs()
    weights = pairs.dense(M) if listed == "matrix" else pairs
    fast, slow = directions().requires_grad_(), directions().requires_grad_()
    penalty, expected = pair_penalty(fast, weights, power), plain(slow, pairs.dense(M), power)
    (2.5 * penalty).backward()
    (2.5 * expected).backward()
    assert penalty.item() == pytest.approx(expected.item(), rel=1e-5)
    assert torch.allclose(fast.grad, slow.grad, atol=1e-6)


def test_the_mean_of_both_triangles_counts_and_the_diagonal_does_not() -> None:
    """An asymmetric matrix is taken as (w + wᵀ)/2, so an upper triangle alone gives half and not nothing."""
    weights = some_pairs().dense(M)
    whole = pair_penalty(directions(), weights)
    assert pair_penalty(directions(), weights.triu()).item() == pytest.approx(whole.item() / 2, rel=1e-5)
    assert pair_penalty(directions(), weights + 9 * torch.eye(M)).item() == pytest.approx(whole.item())


def test_the_penalty_pushes_its_pairs_apart_and_no_others() -> None:
    """Descending the penalty on one pair makes those two directions orthogonal and leaves a third alone."""
    rows = torch.nn.Parameter(torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8]]))
    start = rows.detach().clone()
    pair = Pairs(torch.tensor([1]), torch.tensor([0]), torch.ones(1))
    for _ in range(200):
        rows.grad = None
        pair_penalty(rows, pair).backward()
        with torch.no_grad():
            rows -= 0.02 * rows.grad
        unit_norm_(rows.data)
    assert abs((rows[0] @ rows[1]).item()) < 0.05
    assert torch.allclose(rows[2], start[2])


def test_weights_are_constant_and_no_pair_costs_nothing() -> None:
    """No gradient reaches the weights; an empty list of pairs is a penalty of 0 that can still be added to a loss."""
    weights = torch.ones(M, M, requires_grad=True)
    rows = directions().requires_grad_()
    nothing = torch.zeros(0, dtype=torch.int64)
    (pair_penalty(rows, weights) + pair_penalty(rows, Pairs(nothing, nothing, torch.zeros(0)))).backward()
    assert weights.grad is None
    assert rows.grad.abs().sum() > 0


def test_weights_that_do_not_fit_are_refused() -> None:
    """A matrix for another dictionary, a pair beyond the rows and another power are named in the message."""
    with pytest.raises(ValueError, match=r"weights \(4, 4\) do not fit 5 decoder rows"):
        pair_penalty(torch.randn(5, 3), torch.ones(4, 4))
    with pytest.raises(ValueError, match="latent 7 do not fit 5 decoder rows"):
        pair_penalty(torch.randn(5, 3), Pairs(torch.tensor([7]), torch.tensor([0]), torch.ones(1)))
    with pytest.raises(ValueError, match="power is 3; use 1 or 2"):
        pair_penalty(torch.randn(5, 3), torch.ones(5, 5), power=3)


@pytest.mark.parametrize("max_pairs", [M * M, M * (M - 1) // 2 - 1])
def test_the_average_follows_each_pairs_own_rate(max_pairs: int) -> None:
    """m_ij moves by min(most, times_ij/over) towards x_ij, towards 0 where a pair was not on: equal to a dense loop,
    both where the table holds all pairs and where it holds those that occurred."""
    average = PairAverage(M, most=0.3, over=20.0, max_pairs=max_pairs)
    times, mean = torch.zeros(M, M), torch.zeros(M, M)
    for step in range(6):
        counts = count_pairs(random_codes(M, seed=step), M)
        shares = counts.normalised("conditional")
        assert torch.allclose(average.of(counts), mean[counts.rows, counts.columns], atol=1e-6)
        average.update(counts, shares.values)
        times += counts.dense(M)
        mean += (times / 20.0).clamp(max=0.3) * (shares.dense(M) - mean)
    rows, columns = torch.tril_indices(M, M, -1)
    everywhere = Pairs(rows, columns, torch.ones(len(rows)))
    assert torch.allclose(average.of(everywhere), mean[rows, columns], atol=1e-6)
    assert mean.max() > 0.05


def test_pairs_never_need_a_matrix_of_the_whole_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    """At d_sae 3,000 no operation of counting, averaging and both penalties makes more than 256 rows of the Gram matrix,
    0.77 of 9 million entries; the plain formula is seen to make all 9."""
    d_sae = 3000
    rows = directions(d_sae, 8).requires_grad_()
    batches = [random_codes(d_sae, batch=100, k=8, seed=seed) for seed in range(2)]
    with LargestTensor() as seen:
        ema = CoactivationEMA(d_sae, max_pairs=50_000)
        average = PairAverage(d_sae, max_pairs=50_000)
        for codes in batches:
            ema.update(codes)
            counts = count_pairs(codes, d_sae)
            average.update(counts, average.of(counts))
        pair_penalty(rows, ema.normalised("conditional")).backward()
        for name in ("LIST_COST", "LIST_COST_TORCH"):
            monkeypatch.setattr(module, name, 10_000)  # as if there were many pairs: through the blocks
        pair_penalty(rows, ema.normalised("conditional"), power=2).backward()
    assert 0.9 * 256 * d_sae < seen.entries <= 256 * d_sae
    with LargestTensor() as seen:
        plain(rows, torch.ones(()), 2)
    assert seen.entries == d_sae**2
