"""The Matryoshka BatchTopK SAE against its equations."""

from __future__ import annotations

import pytest
import torch

from harness.architectures.batch_topk import BatchTopKSAE
from harness.architectures.matryoshka import MatryoshkaSAE, Nested, widths_of
from harness.errors import SettingsError
from tests.harness.architectures.small import D_SAE, batch, mean_square, no_dead, small, spread

PREFIXES = Nested(prefixes=(0.1, 0.5))


def test_each_prefix_reconstructs_alone() -> None:
    """A term for each prefix: ‖x − x̂_m‖² / ‖x − x̄‖² with the first m latents of the same codes; and BatchTopK's terms."""
    sae, x = small(MatryoshkaSAE, PREFIXES), batch()
    out = sae(x)
    terms = sae.loss_terms(out, no_dead(), 0.5)
    assert set(terms) == {"reconstruction", "aux_k", "prefix_4", "prefix_20"}
    for width in (4, 20):
        x_hat = out.codes[:, :width] @ sae.W_dec[:width] + sae.b_dec
        assert torch.allclose(terms[f"prefix_{width}"], mean_square(x, x_hat) / spread(x))
    assert torch.allclose(terms["reconstruction"], mean_square(x, out.x_hat) / spread(x))


def test_without_prefixes_it_is_batch_topk() -> None:
    """Codes, reconstruction and loss are BatchTopK's own to the bit."""
    mine, plain, x = small(MatryoshkaSAE, Nested(prefixes=())), small(BatchTopKSAE), batch()
    assert torch.equal(mine(x).x_hat, plain(x).x_hat)
    assert mine.loss_terms(mine(x), no_dead(), 0.0) == plain.loss_terms(plain(x), no_dead(), 0.0)


def test_later_latents_have_no_gradient_from_a_prefix() -> None:
    """What a prefix lacks is not laid to the latents after it."""
    sae, x = small(MatryoshkaSAE, PREFIXES), batch()
    sae.loss_terms(sae(x), no_dead(), 0.5)["prefix_20"].backward()
    assert sae.W_dec.grad[:20].abs().sum() > 0 and sae.W_dec.grad[20:].abs().sum() == 0


def test_the_default_prefixes_are_the_papers() -> None:
    """2,048, 6,144, 14,336 and 30,720 of 65,536 latents."""
    assert widths_of(Nested().prefixes, 65_536) == (2_048, 6_144, 14_336, 30_720)


@pytest.mark.parametrize("prefixes", [(0.5, 0.5), (0.001,), (1.0,), (0.5, 0.2), (-0.1,)])
def test_prefixes_that_do_not_rise_are_refused(prefixes: tuple[float, ...]) -> None:
    """Equal, empty, whole, falling, negative: each named with the widths that come of it."""
    with pytest.raises(SettingsError, match=f"of d_sae {D_SAE} latents are"):
        small(MatryoshkaSAE, Nested(prefixes=prefixes))
