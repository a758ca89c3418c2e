"""Counts and penalties against loops that anyone can check."""

import pytest
import torch

from harness.coactivation import CoactivationEMA, coactivation_counts, normalise_counts, pair_penalty
from harness.sae import Codes, unit_norm_

D_SAE = 7


def random_codes(batch: int = 30, k: int = 3, seed: int = 0) -> Codes:
    """Codes in which some of the k places are off (value 0)."""
    generator = torch.Generator().manual_seed(seed)
    indices = torch.stack([torch.randperm(D_SAE, generator=generator)[:k] for _ in range(batch)])
    return Codes(indices, (torch.rand(batch, k, generator=generator) - 0.2).relu())


def counted_by_hand(codes: Codes) -> torch.Tensor:
    counts = torch.zeros(D_SAE, D_SAE)
    for indices, values in zip(codes.indices.tolist(), codes.values.tolist(), strict=True):
        on = [index for index, value in zip(indices, values, strict=True) if value > 0]
        for i in on:
            for j in on:
                counts[i, j] += 1
    return counts


def test_counts_equal_a_loop_over_pairs():
    """N_ij is the number of inputs with both on; a place with value 0 is off; the diagonal counts single latents."""
    codes = random_codes()
    assert (codes.values == 0).any()
    assert torch.equal(coactivation_counts(codes, D_SAE), counted_by_hand(codes))


@pytest.mark.parametrize("measure", ["cosine", "jaccard", "conditional", "max"])
def test_normalised_counts_follow_their_formula(measure):
    """Each measure equals its formula, lies in [0, 1], is symmetric, and has a zero diagonal."""
    counts = counted_by_hand(random_codes())
    found = normalise_counts(counts, measure)
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
            assert found[i, j].item() == pytest.approx(
                0.0 if i == j else (counts[i, j] / below).item(), abs=1e-6
            )
    assert torch.equal(found, found.T)


def test_latents_that_are_never_on_have_no_coactivation():
    """An empty count is zero, not NaN, by every measure; an unknown measure is refused."""
    for measure in ("cosine", "jaccard", "conditional", "max"):
        assert torch.equal(normalise_counts(torch.zeros(3, 3), measure), torch.zeros(3, 3))
    with pytest.raises(ValueError, match="unknown measure 'pearson'"):
        normalise_counts(torch.zeros(3, 3), "pearson")


def test_the_moving_average_is_unbiased_from_its_first_batch():
    """After one batch the average is that batch; after more it is the weighted mean, newest heaviest."""
    ema = CoactivationEMA(D_SAE, decay=0.9)
    assert torch.equal(ema.normalised(), torch.zeros(D_SAE, D_SAE))
    first, second = random_codes(seed=1), random_codes(seed=2)
    ema.update(first)
    assert torch.allclose(ema.normalised(), normalise_counts(counted_by_hand(first)), atol=1e-6)
    ema.update(second)
    mixed = (0.9 * counted_by_hand(first) + counted_by_hand(second)) / 1.9
    assert torch.allclose(ema.normalised(), normalise_counts(mixed), atol=1e-6)


def test_the_penalty_equals_a_double_loop_and_autograds_gradient():
    """pair_penalty is (1/d) Σ_{i<j} c_ij |f_i·f_j|, and its hand-written gradient is autograd's."""
    torch.manual_seed(0)
    directions = torch.randn(D_SAE, 4)
    unit_norm_(directions)
    weights = torch.rand(D_SAE, D_SAE)
    weights = (weights + weights.T) / 2
    fast, plain = directions.clone().requires_grad_(), directions.clone().requires_grad_()
    penalty = pair_penalty(fast, weights)
    expected = sum(
        weights[i, j] * (plain[i] @ plain[j]).abs() for i in range(D_SAE) for j in range(i + 1, D_SAE)
    )
    (expected / D_SAE).backward()
    (2.5 * penalty).backward()
    assert penalty.item() == pytest.approx(expected.item() / D_SAE, rel=1e-5)
    assert torch.allclose(fast.grad, 2.5 * plain.grad, atol=1e-6)


def test_the_penalty_pushes_its_pairs_apart_and_no_others():
    """Descending the penalty on one pair makes those two directions orthogonal and leaves a third alone."""
    directions = torch.nn.Parameter(torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8]]))
    start = directions.detach().clone()
    weights = torch.zeros(3, 3)
    weights[0, 1] = weights[1, 0] = 1.0
    for _ in range(200):
        directions.grad = None
        pair_penalty(directions, weights).backward()
        with torch.no_grad():
            directions -= 0.02 * directions.grad
        unit_norm_(directions.data)
    assert abs(float(directions[0] @ directions[1])) < 0.05
    assert torch.allclose(directions[2], start[2])


def test_weights_of_another_shape_are_refused():
    """A mask for another dictionary is named in the message instead of broadcasting into nonsense."""
    with pytest.raises(ValueError, match="do not fit 5 decoder rows"):
        pair_penalty(torch.randn(5, 3), torch.ones(4, 4))
