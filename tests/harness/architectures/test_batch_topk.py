"""The BatchTopK SAE against its equations."""

from __future__ import annotations

import pytest
import torch

from harness.architectures.batch_topk import BatchTopKSAE, Threshold, kth_largest, largest_of_batch
from harness.sae import aux_k_loss
from tests.harness.architectures.small import BATCH, D_SAE, K, batch, mean_square, rows_of, small, spread


def test_the_largest_of_the_whole_batch_are_on() -> None:
    """k · batch latents are on, those with the largest pre-activations, however they fall on the inputs."""
    sae, x = small(BatchTopKSAE), batch()
    pre = rows_of(x, sae)
    wanted = pre.flatten().sort(descending=True).values[: K * BATCH]
    out = sae(x)
    assert torch.allclose(out.codes[out.codes > 0].sort(descending=True).values, wanted)
    counts = (out.codes > 0).sum(1)
    assert counts.sum() == K * BATCH
    assert counts.min() < K < counts.max()
    assert torch.allclose(out.x_hat, out.codes @ sae.W_dec + sae.b_dec)


def test_fewer_positive_values_than_asked_for_are_all_there_is() -> None:
    """Where less than k · batch are positive, a latent that is negative is not switched on for them."""
    pre = -torch.ones(3, 5)
    pre[0, 1], pre[2, 4] = 2.0, 1.0
    codes = largest_of_batch(pre, 2)
    assert codes.nonzero().tolist() == [[0, 1], [2, 4]]
    assert torch.equal(codes, pre.clamp_min(0))


def test_of_equals_there_are_only_as_many_as_there_is_room_for() -> None:
    """Rounded to bfloat16 hundreds equal the weakest: with `tied` exactly k · batch are on, those above it among them."""
    pre = torch.randn(64, 200, generator=torch.Generator().manual_seed(0)).mul(8).round() / 8
    assert (largest_of_batch(pre, 5) > 0).sum() > 5 * 64
    codes = largest_of_batch(pre, 5, tied=True)
    wanted = pre.flatten().sort(descending=True).values[: 5 * 64]
    assert torch.equal(codes[codes > 0].sort(descending=True).values, wanted)
    exact = torch.randn(6, 9)
    assert torch.equal(largest_of_batch(exact, 2, tied=True), largest_of_batch(exact, 2))


def test_a_selection_and_a_topk_find_the_same_number() -> None:
    """The CPU's way and the GPU's, with equals and at both ends."""
    flat = torch.tensor([3.0, 1.0, 2.0, 2.0, 0.0, 5.0])
    for k, wanted in enumerate([5.0, 3.0, 2.0, 2.0, 1.0, 0.0], 1):
        assert kth_largest(flat, k, selected=True) == kth_largest(flat, k, selected=False) == wanted


@pytest.mark.parametrize(
    "kind", ["normal", "half of it zero", "all one", "sorted", "its sample far too high", "much of it nan"]
)
def test_the_number_is_the_same_however_the_batch_lies(kind: str) -> None:
    """A sample only says where to look: equals, order and a sample that misleads change nothing, and nan counts as the largest."""
    flat = torch.randn(61 * 500, generator=torch.Generator().manual_seed(0))
    if kind == "half of it zero":
        flat = flat.relu()
    elif kind == "all one":
        flat = torch.ones_like(flat)
    elif kind == "sorted":
        flat = flat.sort().values
    elif kind == "its sample far too high":
        flat[::61] += 100
    elif kind == "much of it nan":
        flat[:300] = torch.nan
    for k in (1, 7, 450, 3000, len(flat)):
        plain = flat.kthvalue(len(flat) - k + 1).values
        assert torch.equal(kth_largest(flat, k, selected=True).nan_to_num(1e9), plain.nan_to_num(1e9))


def test_what_is_not_a_number_is_not_hidden() -> None:
    """A latent that has become nan is on, and so is the loss: the run is seen to have failed."""
    pre = torch.randn(6, 9)
    pre[2, 3] = torch.nan
    assert largest_of_batch(pre, 2).isnan().sum() == 1


def test_gradients_reach_the_latents_that_are_on_alone() -> None:
    """d codes / d pre is 1 where a latent is on and 0 elsewhere."""
    pre = torch.randn(6, 9, requires_grad=True)
    codes = largest_of_batch(pre, 2)
    codes.sum().backward()
    assert torch.equal(pre.grad, (codes > 0).float())


def test_the_threshold_is_the_mean_of_the_smallest_latents_from_the_first_batch_on() -> None:
    """After one batch it is that batch's smallest latent; after three, their weighted mean (SAELens' starts at 0)."""
    rate = 0.25
    sae = small(BatchTopKSAE, Threshold(threshold_rate=rate))
    smallest = []
    for seed in range(3):
        codes = sae(batch(seed)).codes
        smallest.append(codes[codes > 0].min().item())
        if seed == 0:
            assert abs(sae.threshold.item() - smallest[0]) < 1e-12
    weights = [rate * (1 - rate) ** age for age in (2, 1, 0)]
    mean = sum(w * s for w, s in zip(weights, smallest, strict=True)) / sum(weights)
    assert abs(sae.threshold.item() - mean) < 1e-12


def test_a_batch_with_no_latent_on_leaves_the_threshold_alone() -> None:
    """No infinity gets into the running mean."""
    sae = small(BatchTopKSAE)
    sae(batch())
    before = sae.threshold.item()
    with torch.no_grad():
        sae.b_enc.fill_(-1e6)
    sae(batch())
    assert sae.threshold.item() == before > 0


def test_afterwards_an_input_is_encoded_by_itself() -> None:
    """In eval mode z = ReLU(pre) where pre > θ: a row's codes do not depend on the rest of the batch."""
    sae = small(BatchTopKSAE)
    for seed in range(4):
        sae(batch(seed))
    sae.eval()
    x = batch(9)
    whole = sae(x).codes
    pre = rows_of(x, sae)
    assert torch.allclose(whole, torch.where(pre > sae.threshold, pre, torch.zeros_like(pre)))
    assert torch.allclose(sae(x[:1]).codes, whole[:1])
    before = sae.threshold.item()
    sae(batch(10))
    assert sae.threshold.item() == before


def test_the_loss_is_reconstruction_and_auxk() -> None:
    """‖x − x̂‖² / ‖x − x̄‖² + aux_weight · AuxK, with AuxK over dead latents."""
    sae, x = small(BatchTopKSAE).float(), batch().float()
    dead = torch.zeros(D_SAE, dtype=torch.bool)
    dead[:9] = True
    out = sae(x)
    terms = sae.loss_terms(out, dead, 0.3)
    assert torch.allclose(terms["reconstruction"], mean_square(x, out.x_hat) / spread(x))
    assert torch.allclose(terms["aux_k"], aux_k_loss(x, out.x_hat, sae, dead, sae.settings.k_aux) / 32)
    assert terms["aux_k"] > 0
