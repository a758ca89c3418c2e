"""OrtSAE against its equations."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from harness.architectures.batch_topk import BatchTopKSAE
from harness.architectures.ortsae import Orthogonal, OrtSAE, nearest_cosines
from harness.errors import SettingsError
from tests.harness.architectures.small import D_SAE, batch, no_dead, small


def _highest(rows: torch.Tensor, members: list[int]) -> torch.Tensor:
    """The highest cosine of each member with another, one product for each pair."""
    return torch.stack(
        [torch.stack([rows[i] @ rows[j] for j in members if j != i]).max().clamp_min(0) for i in members]
    )


def test_the_penalty_is_the_mean_square_of_the_nearest_cosine() -> None:
    """γ · mean_i max_j cos(f_i, f_j)², beside BatchTopK's terms, with its gradient for both rows of a pair."""
    sae, x = small(OrtSAE, Orthogonal(weight=0.3)), batch()
    terms = sae.loss_terms(sae(x), no_dead(), 0.0)
    rows = sae.W_dec.detach().clone().requires_grad_()
    plain = 0.3 * _highest(rows, list(range(D_SAE))).pow(2).mean()
    assert torch.allclose(terms["orthogonality"], plain)
    terms["orthogonality"].backward()
    plain.backward()
    tangent = rows.grad - (rows.grad * rows).sum(1, keepdim=True) * rows  # a cosine does not change with a row's length
    assert torch.allclose(sae.W_dec.grad, tangent)
    other = small(BatchTopKSAE)
    assert {name: terms[name] for name in ("reconstruction", "aux_k")} == other.loss_terms(other(x), no_dead(), 0.0)


def test_it_is_due_at_every_fifth_step() -> None:
    """At steps 0, 5, 10 …; at the others it is 0 and costs nothing."""
    sae, x = small(OrtSAE), batch()
    due = [bool(sae.loss_terms(sae(x), no_dead(), 0.0)["orthogonality"] > 0) for _ in range(11)]
    assert [step for step, found in enumerate(due) if found] == [0, 5, 10]


def test_latents_are_held_against_their_chunk_alone() -> None:
    """Dealt into random chunks: each latent is there once, and its cosine is with one of its own chunk."""
    rows = torch.nn.functional.normalize(torch.randn(10, 6, dtype=torch.float64), dim=1)
    torch.manual_seed(3)
    found = nearest_cosines(rows, 4)
    torch.manual_seed(3)
    chunks = [chunk.tolist() for chunk in torch.randperm(10).tensor_split(3)]
    assert torch.allclose(found, torch.cat([_highest(rows, chunk) for chunk in chunks]))
    assert sorted(len(chunk) for chunk in chunks) == [3, 3, 4]


def test_opposite_directions_are_not_near() -> None:
    """Two latents with cosine −1 cost nothing."""
    assert nearest_cosines(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]), 8).tolist() == [0.0, 0.0]


@pytest.mark.parametrize("given", [{"chunk": 1}, {"every": 0}, {"weight": -1.0}])
def test_settings_that_make_no_sense_are_refused(given: dict[str, Any]) -> None:
    """A chunk of one latent, no step, a reward for likeness."""
    with pytest.raises(SettingsError, match="chunk must be at least 2"):
        small(OrtSAE, Orthogonal(**given))
