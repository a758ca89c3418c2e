"""The GPU's kernels against torch, run by Triton's interpreter (`make test` gives it an environment of its own)."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.functional import normalize

import harness.optim
import harness.sae
from harness.fast import chosen, gpu_kernels
from harness.optim import UnitNormAdam
from harness.sae import Codes, Latents, aux_k_loss, decode, encode_top_k, unexplained

pytestmark = pytest.mark.skipif(not chosen.interpreted(), reason="without Triton's interpreter: `make test` runs it")


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize(("columns", "k"), [(5, 1), (100, 7), (1024, 16), (40_000, 40), (300, 300)])
def test_the_largest_are_torchs(columns: int, k: int, dtype: torch.dtype) -> None:
    """As many as asked for, each once, with the values of torch.topk after ReLU; a row may be wider than one piece."""
    pre = random(3, columns).to(dtype)
    indices, values = gpu_kernels.top_k(pre, k)
    expected = pre.float().topk(k, dim=1).values.relu()
    assert torch.equal(values.sort(1, descending=True).values, expected)
    assert torch.equal(pre.float().gather(1, indices).relu(), values)
    assert all(len(set(row)) == k for row in indices.tolist())


def test_of_equal_entries_exactly_k_are_taken() -> None:
    """All equal, all zero of both signs, all negative, one infinite: k of them, the first where nothing else decides."""
    rows = torch.stack([torch.ones(50), torch.zeros(50).neg(), -random(50).abs() - 1, random(50)])
    rows[3, 7] = torch.inf
    indices, values = gpu_kernels.top_k(rows, 6)
    assert indices[0].tolist() == [0, 1, 2, 3, 4, 5] and values[0].tolist() == [1.0] * 6
    assert not values[1].any() and not values[2].any() and 7 in indices[3].tolist()
    assert all(len(set(row)) == 6 for row in indices.tolist())


def test_a_search_in_several_rounds_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of 64 columns, so that what the pieces give up is searched again, twice."""
    monkeypatch.setattr(gpu_kernels, "PIECE", 64)
    pre = random(2, 3_000)
    indices, values = gpu_kernels.top_k(pre, 15)
    assert torch.equal(values.sort(1, descending=True).values, pre.topk(15, dim=1).values)
    assert torch.equal(pre.gather(1, indices), values)


def sparse(batch: int, k: int, d_sae: int) -> tuple[Tensor, Tensor, Tensor]:
    """Indices, values, and both as a dense matrix; latent 2 is on for every input, the last one for none."""
    make = torch.Generator().manual_seed(1)
    indices = torch.stack([torch.randperm(d_sae - 1, generator=make)[:k] for _ in range(batch)])
    there = (indices == 2).any(1)
    indices[~there, 0] = 2
    values = torch.rand(batch, k, generator=make)
    return indices, values, torch.zeros(batch, d_sae).scatter(1, indices, values)


@pytest.mark.parametrize(("batch", "k", "d_sae", "d_in"), [(30, 5, 40, 17), (90, 3, 9, 1_500), (7, 3, 50, 64)])
def test_decoding_and_its_gradients_are_matrix_products(batch: int, k: int, d_sae: int, d_in: int) -> None:
    """x̂, and the gradients of weights and values; a latent with more entries than one piece adds up, one without is 0."""
    indices, values, dense = sparse(batch, k, d_sae)
    weights, above = random(d_sae, d_in), random(batch, d_in, seed=2)
    assert torch.allclose(gpu_kernels.decode(indices, values, weights), dense @ weights, atol=1e-4)
    into_W, into_values = gpu_kernels.decode_backward(above, weights, values, indices)
    assert torch.allclose(into_W, dense.T @ above, atol=1e-3) and not into_W[-1].any()
    assert torch.allclose(into_values, (above @ weights.T).gather(1, indices), atol=1e-3)
    _, into_b = gpu_kernels.gather_rows(above, values, gpu_kernels.sort_by_latent(indices, d_sae))
    assert torch.allclose(into_b, dense.sum(0), atol=1e-4)


def test_a_step_repeats_bit_for_bit() -> None:
    """The same input twice gives the same bits: nothing is added in the order in which programs happen to end."""
    indices, values, _ = sparse(150, 4, 9)
    twice = [gpu_kernels.gather_rows(random(150, 40), values, gpu_kernels.sort_by_latent(indices, 9)) for _ in range(2)]
    assert all(torch.equal(one, two) for one, two in zip(*twice, strict=True))


@pytest.fixture(params=["kernels", "torch"])
def by(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Whether the kernels or torch alone."""
    if request.param == "torch":
        monkeypatch.setattr(harness.sae, "kernels_for", lambda *_: None)
        monkeypatch.setattr(harness.optim, "kernels_for", lambda *_: None)
    return request.param


TRAINED: dict[str, list[Tensor]] = {}


def test_training_is_torchs(by: str) -> None:
    """Three steps of a TopK SAE with AuxK and clipping: weights and losses of the kernels are those of torch alone."""
    d_in, d_sae, k = 21, 40, 3
    directions = normalize(random(d_sae, d_in), dim=1)
    sae = Latents(directions.clone(), random(d_sae, seed=3) / 10, directions.clone(), random(d_in, seed=4) / 10)
    tensors = [sae.W_enc, sae.b_enc, sae.W_dec, sae.b_dec]
    for tensor in tensors:
        tensor.requires_grad_()
    optimizer, dead, losses = UnitNormAdam(tensors, unit_rows=[sae.W_dec]), torch.arange(d_sae) % 3 == 0, []
    for step in range(3):
        x = random(25, d_in, seed=10 + step)
        _, codes = encode_top_k(x, sae, k)
        assert isinstance(codes, Codes)
        x_hat = decode(codes, sae.W_dec) + sae.b_dec
        loss = unexplained(x, x_hat) + aux_k_loss(x, x_hat, sae, dead, 5)
        loss.backward()
        optimizer.step(1e-2)
        losses.append(loss.detach())
    TRAINED[by] = [*losses, *(tensor.detach() for tensor in tensors)]
    assert torch.allclose(sae.W_dec.detach().norm(dim=1), torch.ones(d_sae), atol=1e-5)
    if len(TRAINED) == 2:
        assert all(torch.allclose(one, two, atol=2e-5) for one, two in zip(*TRAINED.values(), strict=True))


@pytest.mark.parametrize("unit", [True, False])
def test_the_optimiser_takes_odd_sizes(unit: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of 1,500 numbers, and a parameter whose last piece is short: as torch's operations."""
    found = []
    for torch_alone in (False, True):
        if torch_alone:
            monkeypatch.setattr(harness.optim, "kernels_for", lambda *_: None)
        weights = normalize(random(7, 1_500), dim=1).requires_grad_()
        optimizer = UnitNormAdam([weights], [weights] if unit else [], max_grad_norm=0.5)
        for step in range(2):
            weights.grad = random(7, 1_500, seed=20 + step)
            optimizer.step(1e-3)
        found.append(weights.detach())
    assert torch.allclose(*found, atol=1e-6)


def test_the_trial_on_a_device_agrees_and_finds_a_wrong_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried once on a GPU passes here; a decoder that is off by a hundredth is named."""
    assert chosen.disagreement(torch.device("cpu")) == ""
    right = gpu_kernels.decode
    monkeypatch.setattr(gpu_kernels, "decode", lambda *given: right(*given) * 1.01)
    assert chosen.disagreement(torch.device("cpu")) == "decode differs"


def test_what_does_not_fit_is_refused() -> None:
    """k above d_sae, codes of another batch, a row that registers do not hold."""
    with pytest.raises(ValueError, match="k 6 does not fit 5"):
        gpu_kernels.top_k(random(2, 5), 6)
    with pytest.raises(ValueError, match="shapes"):
        gpu_kernels.decode_backward(random(2, 8), random(6, 8), random(2, 2), torch.tensor([[0], [1]]))
    with pytest.raises(ValueError, match="shapes"):
        gpu_kernels.gather_rows(random(3, 8), random(2, 2), gpu_kernels.sort_by_latent(torch.tensor([[0, 1]]), 5))
