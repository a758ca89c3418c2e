"""The three shipped ideas as a model would write them with the harness, against their formulas written out in full."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from harness.coactivation import CoactivationEMA, coactivation_counts, count_pairs, firing_frequency
from harness.pairs import PairAverage, pair_penalty
from harness.sae import Codes, unit_norm_

D, STEPS = 30, 6
Term = Callable[[Codes, Tensor, float], Tensor]  # codes, W_dec, progress p → the term of the loss


def progressive() -> Term:
    seen = CoactivationEMA(D, decay=0.9)

    def term(codes: Codes, W_dec: Tensor, p: float) -> Tensor:
        seen.update(codes)
        n = seen.normalised("conditional")
        threshold = 0.1 * (1 - p)
        c = ((n.values - threshold) / threshold).clamp(0, 1)
        return 0.2 * (1 - p) ** 2 * pair_penalty(W_dec, n.with_values(c))

    return term


def temporal() -> Term:
    average = PairAverage(D)

    def term(codes: Codes, W_dec: Tensor, p: float) -> Tensor:
        counts = count_pairs(codes, D)
        c = counts.normalised("conditional").values
        before = average.of(counts)
        w = c * (1 + (c - before).abs() / torch.maximum(c, before))
        average.update(counts, c)
        return 0.02 * pair_penalty(W_dec, counts.with_values(w))

    return term


def masked_orthogonal(submatrix: bool) -> Term:
    mu: list[Tensor] = []
    first: list[Tensor] = []

    def term(codes: Codes, W_dec: Tensor, p: float) -> Tensor:
        f = firing_frequency(codes, D)
        mu.append(mu[-1].lerp(f, 0.1) if mu else f)
        active = f > mu[-1] / 10
        if submatrix:
            rows = W_dec[active]
            orth = len(rows) * pair_penalty(rows, coactivation_counts(codes, D, active), power=2)
        else:
            orth = D * pair_penalty(W_dec, count_pairs(codes, D, active), power=2)
        first.append(orth.detach())
        return 1e-3 * 0.5 / first[0] * orth  # with a reconstruction loss of 0.5

    return term


def dense(codes: Codes) -> Tensor:
    """A [batch, d_sae]: 1 where a latent is on."""
    return torch.zeros(len(codes.indices), D).scatter_(1, codes.indices, (codes.values > 0).float())


def conditional(counts: Tensor) -> Tensor:
    single = counts.diagonal()
    return (counts / torch.minimum(single[:, None], single).clamp_min(1e-12)).fill_diagonal_(0)


def pairs_sum(matrix: Tensor) -> Tensor:
    return matrix.tril(-1).sum()


def progressive_in_full() -> Term:
    state = {"counts": torch.zeros(D, D), "weight": 0.0}

    def term(codes: Codes, W_dec: Tensor, p: float) -> Tensor:
        A = dense(codes)
        state["counts"] = 0.9 * state["counts"] + 0.1 * A.T @ A
        state["weight"] = 0.9 * state["weight"] + 0.1
        n = conditional(state["counts"] / state["weight"])
        c = ((n - 0.1 * (1 - p)) / (0.1 * (1 - p))).clamp(0, 1)
        return 0.2 * (1 - p) ** 2 * pairs_sum(c * (W_dec @ W_dec.T).abs()) / D

    return term


def temporal_in_full() -> Term:
    mean, times = torch.zeros(D, D), torch.zeros(D, D)

    def term(codes: Codes, W_dec: Tensor, p: float) -> Tensor:
        A = dense(codes)
        c = conditional(A.T @ A)
        w = c * (1 + (c - mean).abs() / torch.maximum(c, mean).clamp_min(1e-12))
        times.add_(A.T @ A)
        mean.add_((times / 1000).clamp(max=0.1) * (c - mean))
        return 0.02 * pairs_sum(w * (W_dec @ W_dec.T).abs()) / D

    return term


def masked_orthogonal_in_full() -> Term:
    mu: list[Tensor] = []
    first: list[Tensor] = []

    def term(codes: Codes, W_dec: Tensor, p: float) -> Tensor:
        A = dense(codes)
        f = A.mean(0)
        mu.append(0.9 * mu[-1] + 0.1 * f if mu else f)
        active = f > mu[-1] / 10
        C = A[:, active].T @ A[:, active]
        S = (W_dec[active] @ W_dec[active].T) ** 2
        orth = pairs_sum(C * S)
        first.append(orth.detach())
        return 1e-3 * (0.5 / first[0]) * orth

    return term


def batch(step: int) -> Codes:
    """200 inputs with 3 places each; which latents are on together drifts from step to step, and some fade."""
    generator = torch.Generator().manual_seed(step)
    chance = torch.linspace(1, 0, D).roll(2 * step).pow(3).expand(200, D) + 0.01
    indices = torch.multinomial(chance, 3, generator=generator)
    return Codes(indices, (torch.rand(200, 3, generator=generator) - 0.1).relu())


@pytest.mark.parametrize(
    ("written", "in_full"),
    [
        (progressive, progressive_in_full),
        (temporal, temporal_in_full),
        (lambda: masked_orthogonal(submatrix=True), masked_orthogonal_in_full),
        (lambda: masked_orthogonal(submatrix=False), masked_orthogonal_in_full),
    ],
    ids=["progressive", "temporal", "masked, sub-matrices", "masked, pairs"],
)
def test_an_idea_written_with_the_harness_equals_its_formula(written: Any, in_full: Any) -> None:
    """Over six steps with a memory from each to the next, value and gradient equal those of full [d_sae, d_sae] matrices."""
    fast, slow = written(), in_full()
    values = []
    for step in range(STEPS):
        W_dec = torch.randn(D, 8, generator=torch.Generator().manual_seed(100 + step))
        unit_norm_(W_dec)
        ours, plain = W_dec.clone().requires_grad_(), W_dec.clone().requires_grad_()
        term, expected = fast(batch(step), ours, step / STEPS), slow(batch(step), plain, step / STEPS)
        term.backward()
        expected.backward()
        values.append(term.item())
        assert term.item() == pytest.approx(expected.item(), rel=1e-4)
        assert torch.allclose(ours.grad, plain.grad, rtol=1e-3, atol=1e-7)
    assert min(values) > 0
    assert len(set(values)) == STEPS
