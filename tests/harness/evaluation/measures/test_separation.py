"""How distinct latents are, against plain loops."""

from __future__ import annotations

import pytest
import torch

from harness.evaluation.measures.reconstruction import reconstruct
from harness.evaluation.measures.separation import separation
from harness.evaluation.measures.together import On, Together
from harness.evaluation.submitted.submission import Submission
from tests.harness.evaluation.examples import random_submission

D_IN, D_SAE, K = 16, 60, 4


def some_sae(scale: float = 1.0) -> Submission:
    return random_submission(D_IN, D_SAE, K, bias=0.5, scale=scale)


def activations(tokens: int = 500) -> torch.Tensor:
    return torch.randn(tokens, D_IN, generator=torch.Generator().manual_seed(5)) + 0.5


@pytest.mark.slow
def test_separation_equals_loops_over_pairs() -> None:
    """Highest decoder cosine, cosine of co-active pairs and overlap equal what plain loops give."""
    submission, x = some_sae(), activations(200)
    W_dec = submission.sae.W_dec
    counts = reconstruct(submission, x).counts
    found = separation(W_dec, counts)
    gram = W_dec @ W_dec.T
    highest = [max(gram[i, j].item() for j in range(D_SAE) if j != i) for i in range(D_SAE)]
    assert found.decoder_cosine == pytest.approx(sum(highest) / D_SAE, abs=1e-5)
    cosines = []
    for codes in submission.sae.encode(x):
        on = codes.nonzero().flatten().tolist()
        cosines += [abs(gram[i, j].item()) for i in on for j in on if i != j]
    assert found.coactivation_overlap is not None
    assert found.coactive_cosine == pytest.approx(sum(cosines) / len(cosines), abs=1e-5)
    assert 0 < found.coactivation_overlap < 1
    assert separation(3 * W_dec, counts).decoder_cosine == pytest.approx(found.decoder_cosine, abs=1e-5)


@pytest.mark.slow
def test_a_mean_over_no_pair_is_absent() -> None:
    """Latents that are never on together have no cosine of pairs; that they overlap with none is measured, and 0."""
    found = separation(some_sae().sae.W_dec, Together([On(torch.arange(D_SAE).int(), torch.ones(D_SAE).long())], D_SAE))
    assert set(found.scores()) == {"decoder_cosine", "coactivation_overlap"} and found.coactivation_overlap == 0
    assert found.undefined() == {"coactive_cosine": "no two latents are on for the same held-out token"}


@pytest.mark.slow
@pytest.mark.parametrize("living", [0, 1])
def test_fewer_than_two_living_latents_overlap_with_nothing(living: int) -> None:
    """Not 0, which would be the best there is."""
    on = On(torch.zeros(5 * living).int(), torch.full((5,), living))
    found = separation(some_sae().sae.W_dec, Together([on], D_SAE))
    assert set(found.scores()) == {"decoder_cosine"}
    assert set(found.undefined()) == {"coactive_cosine", "coactivation_overlap"}


@pytest.mark.slow
def test_a_living_sae_has_all_three() -> None:
    """Nothing is undefined, also where most latents are dead."""
    submission = some_sae()
    submission.sae.b_enc[6:] = -1e6
    found = separation(submission.sae.W_dec, reconstruct(submission, activations()).counts)
    assert len(found.scores()) == 3 and found.undefined() == {}
