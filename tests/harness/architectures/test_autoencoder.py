"""What the SAEs of this package have in common: their two products, in two precisions."""

from __future__ import annotations

import pytest
import torch

from harness.architectures.autoencoder import affine
from harness.architectures.relu import ReLUSAE
from tests.harness.architectures.small import D_IN, SETTINGS


@pytest.mark.parametrize("transposed", [True, False], ids=["encoder", "decoder"])
def test_a_rounded_product_has_the_exact_products_gradient(transposed: bool) -> None:
    """In bfloat16 the product is that of rounded matrices, rounded; its gradients are float32's to the last digits but
    one, and the matrix that is kept gets a contiguous one, whichever way it enters."""
    torch.manual_seed(0)
    a, bias = torch.randn(30, 12), torch.randn(20)
    kept, above = torch.randn(20, 12) if transposed else torch.randn(12, 20), torch.randn(30, 20)
    leaves = [tensor.requires_grad_() for tensor in (a, kept, bias)]
    found, exact = (affine(a, kept.T if transposed else kept, bias, precision) for precision in ("bfloat16", "float32"))
    b = kept.T if transposed else kept
    rounded = a.bfloat16().float() @ b.bfloat16().float()
    assert torch.allclose(found - bias, rounded, rtol=2**-7, atol=1e-5)
    assert found.dtype == torch.float32
    assert not torch.allclose(found, exact, rtol=1e-4)
    for ours, theirs in zip(
        torch.autograd.grad(found, leaves, above), torch.autograd.grad(exact, leaves, above), strict=True
    ):
        assert torch.allclose(ours, theirs, atol=1e-5)
        assert ours.is_contiguous()


def test_rounding_the_encoders_product_spares_what_b_dec_takes_away() -> None:
    """Inputs far from the origin are rounded after b_dec is taken away, and b_dec gets its gradient none the less."""
    torch.manual_seed(0)
    x = 1000.0 + torch.randn(40, D_IN)
    found, gradients = {}, {}
    for precision in ("float32", "bfloat16"):
        torch.manual_seed(1)
        sae = ReLUSAE(D_IN, type(SETTINGS)(**{**vars(SETTINGS), "precision": precision}), x.mean(0))
        pre = sae.pre_activations(x)
        (pre * torch.linspace(0, 1, len(sae.b_enc))).sum().backward()
        found[precision], gradients[precision] = pre.detach(), sae.b_dec.grad
    for each in (found, gradients):
        assert (each["bfloat16"] - each["float32"]).norm() < 0.01 * each["float32"].norm()
    centred = (x.bfloat16() @ sae.W_enc.T.bfloat16()).float() - sae.b_dec @ sae.W_enc.T
    assert (centred - found["float32"]).norm() > 0.1 * found["float32"].norm()  # rounded before: it would be lost
