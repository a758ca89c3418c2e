"""Explained variance and its companions by their formulas, at any scale, for any number of latents on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from harness.evaluation.measures.reconstruction import check_alive, reconstruct
from harness.evaluation.submitted.submission import Submission, SubmissionError
from tests.harness.evaluation.examples import random_submission

D_IN, D_SAE, K = 16, 60, 4


def some_sae(scale: float = 1.0) -> Submission:
    return random_submission(D_IN, D_SAE, K, bias=0.5, scale=scale)


def activations(tokens: int = 500) -> torch.Tensor:
    return torch.randn(tokens, D_IN, generator=torch.Generator().manual_seed(5)) + 0.5


def dense_reconstruction(sae: Submission, x: torch.Tensor) -> torch.Tensor:
    pre = (x - sae.sae.b_dec) @ sae.sae.W_enc + sae.sae.b_enc
    kept = pre >= pre.sort(dim=1, descending=True).values[:, K - 1 : K]
    return (pre.relu() * kept) @ sae.sae.W_dec + sae.sae.b_dec


@pytest.mark.parametrize("scale", [0.25, 1.0, 4.0, 40.0])
def test_explained_variance_is_the_formula_at_every_scale(scale: float) -> None:
    """1 − Σ‖x − x̂‖²/Σ‖x − x̄‖² is the same whatever the activations' scale (sae-bench's is not: test_upstream)."""
    sae, x = some_sae(), activations()
    x_hat = dense_reconstruction(sae, x)
    expected = 1 - ((x - x_hat) ** 2).sum() / ((x - x.mean(0)) ** 2).sum()
    found = reconstruct(some_sae(scale), x * scale, batch=77)
    assert found.explained_variance == pytest.approx(expected.item(), abs=1e-5)
    assert found.mse == pytest.approx(((x - x_hat) ** 2).mean().item() * scale**2, rel=1e-4)
    assert found.cosine == pytest.approx(torch.cosine_similarity(x, x_hat, dim=1).mean().item(), abs=1e-5)


def test_an_array_on_disk_is_read_as_a_tensor_is(tmp_path: Path) -> None:
    """Memory-mapped half precision gives what the same numbers in memory give."""
    x = activations().half()
    on_disk = np.memmap(tmp_path / "x", np.float16, "w+", shape=tuple(x.shape))
    on_disk[:] = x.numpy()
    found = reconstruct(some_sae(), np.memmap(tmp_path / "x", np.float16, "r", shape=tuple(x.shape)))
    assert found.explained_variance == pytest.approx(reconstruct(some_sae(), x).explained_variance, abs=1e-9)


def test_l0_and_dead_latents_are_counted_on_held_out_tokens() -> None:
    """L0 counts latents above zero, not places of the top k; a latent that no token turns on is dead."""
    submission = some_sae()
    submission.sae.b_enc[:6] = -1e4
    x = activations()
    found = reconstruct(submission, x)
    on = submission.sae.encode(x) > 0
    assert found.l0 == pytest.approx(on.sum(1).float().mean().item())
    assert found.dead_latents >= 6 / D_SAE
    assert (found.counts.single[:6] == 0).all()


def test_more_latents_than_k_are_refused_where_the_run_says_topk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that calls itself TopK cannot leave an SAE with more latents on, nor one with negative latents."""
    dense = replace(some_sae(), k=2)
    with pytest.raises(SubmissionError, match=r"latents are on for a token, but the run says sae = topk with k = 2"):
        reconstruct(dense, activations())
    assert reconstruct(replace(dense, kind="relu"), activations()).l0 > 2
    negative = some_sae()
    monkeypatch.setattr(negative.sae, "encode", lambda x: -torch.ones(len(x), D_SAE))
    with pytest.raises(SubmissionError, match="latents below 0"):
        reconstruct(negative, activations())


@pytest.mark.parametrize("way", ["biases", "encoder", "centre"])
def test_a_dead_sae_is_refused(way: str) -> None:
    """No latent is ever on, for whatever reason: that is said, before anything else is measured and within it."""
    submission = some_sae()
    if way == "biases":
        submission.sae.b_enc[:] = -1e6
    elif way == "encoder":
        submission.sae.W_enc *= 1e-9
        submission.sae.b_enc[:] = -1.0
    else:
        submission.sae.W_enc[:] = 1.0
        submission.sae.b_dec[:] = 1e4
    for look in (check_alive, reconstruct):
        with pytest.raises(SubmissionError, match="the SAE is dead: no latent is on for any of 500 held-out tokens"):
            look(submission, activations())


def test_one_living_latent_is_enough_to_be_scored() -> None:
    """All but one latent dead, and that one rarely on, in a later batch: alive, and its figures are those of the formula."""
    submission, x = some_sae(), activations()
    submission.sae.b_enc[1:] = -1e6
    check_alive(submission, x, batch=7)
    found = reconstruct(submission, x)
    assert 0 < found.l0 < 1 and found.dead_latents == pytest.approx(59 / 60)
    rare = (submission.sae.encode(x) > 0).any(1).nonzero()[-1].item()
    quiet = x[~(submission.sae.encode(x) > 0).any(1)]
    check_alive(submission, torch.cat([quiet, x[rare : rare + 1]]), batch=7)
    with pytest.raises(SubmissionError, match="the SAE is dead"):
        check_alive(submission, quiet, batch=7)


def test_a_latent_that_is_no_number_is_not_called_dead() -> None:
    """NaN is refused as what it is."""
    submission = some_sae()
    submission.sae.b_enc[:] = -1e6
    submission.sae.b_enc[3] = torch.nan
    check_alive(submission, activations())
    with pytest.raises(SubmissionError, match="NaN"):
        reconstruct(submission, activations())


def test_activations_without_variance_have_no_part_that_is_explained() -> None:
    """0/0 is refused with the reason, and so is nothing at all."""
    with pytest.raises(SubmissionError, match="all held-out activations are the same"):
        reconstruct(some_sae(), torch.ones(64, D_IN))
    with pytest.raises(SubmissionError, match="no held-out token"):
        reconstruct(some_sae(), torch.ones(0, D_IN))
