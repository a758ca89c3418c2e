"""The fast TopK parts against plain dense arithmetic."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from harness.optim import UnitNormAdam
from harness.sae import Codes, DeadLatents, aux_k_loss, decode, encode_top_k, mean_l0, top_k, unexplained, unit_norm_

D_IN, D_SAE, K = 12, 40, 5


pytestmark = pytest.mark.usefixtures("kernels")


def random_sae(seed: int = 0) -> SimpleNamespace:
    """Four leaves that need gradients, as a module would hold them."""
    torch.manual_seed(seed)
    directions = torch.randn(D_SAE, D_IN)
    unit_norm_(directions)
    tensors = {
        "W_enc": directions + 0.1 * torch.randn(D_SAE, D_IN),
        "b_enc": 0.1 * torch.randn(D_SAE),
        "W_dec": directions,
        "b_dec": torch.randn(D_IN),
    }
    return SimpleNamespace(**{name: tensor.clone().requires_grad_() for name, tensor in tensors.items()})


def some_inputs(batch: int = 20) -> torch.Tensor:
    return torch.randn(batch, D_IN, generator=torch.Generator().manual_seed(3))


def plain_pre(x: torch.Tensor, sae: SimpleNamespace) -> torch.Tensor:
    return (x - sae.b_dec) @ sae.W_enc.T + sae.b_enc


def dense_codes(pre: torch.Tensor, k: int) -> torch.Tensor:
    """TopK then ReLU by sorting, one row at a time, without any of the code under test."""
    dense = torch.zeros_like(pre)
    for row in range(len(pre)):
        for column in np.argsort(-pre[row].detach().numpy())[:k]:
            dense[row, column] = pre[row, column].clamp_min(0)
    return dense


def scattered(codes: Codes, d_sae: int = D_SAE) -> torch.Tensor:
    """Sparse codes as a dense matrix."""
    dense = codes.values.new_zeros(len(codes.values), d_sae)
    return dense.scatter(1, codes.indices, codes.values)


def gradients(loss: torch.Tensor, sae: SimpleNamespace) -> list[torch.Tensor]:
    """Of all four tensors; zeros where the loss does not reach one."""
    found = torch.autograd.grad(loss, list(vars(sae).values()), allow_unused=True)
    return [
        torch.zeros_like(leaf) if grad is None else grad for leaf, grad in zip(vars(sae).values(), found, strict=True)
    ]


def test_sparse_codes_and_decoding_equal_the_dense_equations() -> None:
    """top_k and decode give z = ReLU(TopK(pre)) and z·W_dec of the textbook, value for value."""
    sae = random_sae()
    pre = torch.randn(30, D_SAE)
    codes = top_k(pre, K)
    dense = dense_codes(pre, K)
    assert torch.equal(scattered(codes), dense)
    assert torch.allclose(decode(codes, sae.W_dec), dense @ sae.W_dec, atol=1e-6)


def test_the_fused_encoder_is_the_equation() -> None:
    """encode_top_k gives pre = (x − b_dec) W_encᵀ + b_enc and its k largest entries after ReLU."""
    sae, x = random_sae(), some_inputs()
    pre, codes = encode_top_k(x, sae, K)
    assert torch.allclose(pre, plain_pre(x, sae), atol=1e-5)
    assert torch.allclose(scattered(codes), dense_codes(plain_pre(x, sae), K), atol=1e-5)


# What a coder may add to the loss: on the reconstruction, the codes, the pre-activations, or the decoder itself.
LOSSES = {
    "reconstruction": lambda x, pre, z, W_dec, b_dec: unexplained(x, z @ W_dec + b_dec),
    "codes": lambda x, pre, z, W_dec, b_dec: z.pow(2).sum() + z[0].sum(),
    "pre-activations": lambda x, pre, z, W_dec, b_dec: pre.relu().mean() + (pre[:, 3] * pre[:, 4]).sum(),
    "decoder": lambda x, pre, z, W_dec, b_dec: (W_dec @ W_dec.T).abs().tril(-1).sum(),
    "all": lambda x, pre, z, W_dec, b_dec: (
        unexplained(x, z @ W_dec + b_dec) + z.sum() + pre.pow(2).mean() + (W_dec @ W_dec.T).pow(2).mean()
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_equal_those_of_the_dense_equations(name: str) -> None:
    """Whatever part the loss stands on, all four tensors get the gradients that plain dense autograd computes."""
    x, sae = some_inputs(), random_sae()
    pre, codes = encode_top_k(x, sae, K)
    x_hat = decode(codes, sae.W_dec) + sae.b_dec
    if name == "reconstruction":
        fast = unexplained(x, x_hat)
    else:
        dense = scattered(codes)
        fast = LOSSES[name](x, pre, dense, sae.W_dec, sae.b_dec)
    plain_sae = random_sae()
    pre = plain_pre(x, plain_sae)
    plain = LOSSES[name](x, pre, dense_codes(pre, K), plain_sae.W_dec, plain_sae.b_dec)
    assert fast.item() == pytest.approx(plain.item(), rel=1e-5)
    for ours, theirs in zip(gradients(fast, sae), gradients(plain, plain_sae), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-5)


def test_the_pre_activations_of_bfloat16_pick_the_codes_and_gradients_stay_float32() -> None:
    """With precision bfloat16 codes are those of the rounded product, and the gradient that of the entries picked."""
    sae, x = random_sae(), some_inputs(60)
    pre, codes = encode_top_k(x, sae, K, "bfloat16")
    assert pre.dtype == torch.bfloat16
    assert codes.values.dtype == torch.float32
    assert torch.equal(scattered(codes).sort().values, dense_codes(pre.detach().float(), K).sort().values)
    assert torch.allclose(pre.float(), plain_pre(x, sae), rtol=0.02, atol=0.05)
    found = gradients(unexplained(x, decode(codes, sae.W_dec) + sae.b_dec), sae)
    chosen = plain_pre(x, sae).gather(1, codes.indices).relu()
    expected = gradients(unexplained(x, decode(Codes(codes.indices, chosen), sae.W_dec) + sae.b_dec), sae)
    for ours, exact in zip(found, expected, strict=True):
        assert ours.dtype == torch.float32
        assert (ours - exact).norm() < 0.03 * exact.norm()


class Allocations(TorchDispatchMode):
    """The numbers in each tensor that torch makes, views left out."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []
        self._seen: set[int] = set()
        self._kept: list[torch.Tensor] = []  # alive, so that no address comes twice

    def __torch_dispatch__(self, function: Any, types: Any, arguments: Any = (), named: Any = None) -> Any:
        made = function(*arguments, **(named or {}))
        for tensor in tree_leaves(made):
            if isinstance(tensor, torch.Tensor) and tensor.untyped_storage().data_ptr() not in self._seen:
                self._seen.add(tensor.untyped_storage().data_ptr())
                self._kept.append(tensor)
                self.sizes.append(tensor.numel())
        return made


@pytest.mark.parametrize("sparse", [True, False], ids=["ours", "plain autograd"])
def test_a_step_makes_no_dense_batch_by_latents_matrix_but_the_pre_activations(sparse: bool) -> None:
    """One tensor of batch · d_sae numbers a step (forward, AuxK, backward, Adam); plain autograd makes several."""
    batch, d_sae = 500, 300
    torch.manual_seed(0)
    sae = SimpleNamespace(
        W_enc=torch.randn(d_sae, D_IN).requires_grad_(),
        b_enc=torch.zeros(d_sae).requires_grad_(),
        W_dec=torch.randn(d_sae, D_IN).requires_grad_(),
        b_dec=torch.zeros(D_IN).requires_grad_(),
    )
    optimizer = UnitNormAdam(vars(sae).values(), unit_rows=[sae.W_dec])
    x, dead = some_inputs(batch), torch.arange(d_sae) < 20
    with Allocations() as made:
        if sparse:
            _, codes = encode_top_k(x, sae, K)
            x_hat = decode(codes, sae.W_dec) + sae.b_dec
        else:
            codes = top_k(plain_pre(x, sae), K)
            x_hat = scattered(codes, d_sae) @ sae.W_dec + sae.b_dec
        (unexplained(x, x_hat) + aux_k_loss(x, x_hat, sae, dead, 8)).backward()
        optimizer.step(1e-3)
    large = [size for size in made.sizes if size >= batch * d_sae]
    assert (len(large) == 1) == sparse, large


def test_a_gradient_of_a_gradient_is_refused() -> None:
    """The fused encoder has first gradients only; a loss on a gradient is an error, not a wrong number."""
    sae, x = random_sae(), some_inputs()
    _, codes = encode_top_k(x, sae, K)
    [first] = torch.autograd.grad(codes.values.pow(2).sum(), [sae.W_enc], create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        first.pow(2).sum().backward()


def test_what_is_not_a_number_shows_in_the_codes() -> None:
    """A NaN among the pre-activations is picked first, so that a diverged run has a loss of NaN and no result."""
    pre = torch.randn(4, 200)
    pre[2, 150] = torch.nan
    codes = top_k(pre, K)
    assert codes.values[2].isnan().sum() == 1
    assert codes.indices[2][codes.values[2].isnan()].item() == 150
    assert not codes.values[[0, 1, 3]].isnan().any()


def test_aux_k_equals_its_formula_on_dead_latents_only() -> None:
    """AuxK is ‖e − ê‖²/‖e‖², where ê decodes the strongest k_aux dead latents and no living one."""
    sae, x = random_sae(), some_inputs(15)
    x_hat = torch.randn(15, D_IN)
    dead = torch.zeros(D_SAE, dtype=torch.bool)
    dead[::3] = True
    pre = plain_pre(x, sae)
    codes = dense_codes(torch.where(dead, pre, torch.full_like(pre, -9.0)), 4)
    assert not codes[:, ~dead].any()
    error = x - x_hat
    expected = (error - codes @ sae.W_dec).pow(2).sum() / error.pow(2).sum()
    assert aux_k_loss(x, x_hat, sae, dead, 4).item() == pytest.approx(expected.item(), rel=1e-5)


def test_aux_k_gradient_reaches_encoder_and_decoder_of_dead_latents() -> None:
    """A dead latent can come back: beside the fused encoder, AuxK has a gradient for its rows, and none for living ones."""
    sae, x = random_sae(), some_inputs(50)
    dead = torch.zeros(D_SAE, dtype=torch.bool)
    dead[:10] = True
    _, codes = encode_top_k(x, sae, K)
    x_hat = decode(codes, sae.W_dec) + sae.b_dec
    W_enc, b_enc, W_dec, b_dec = gradients(aux_k_loss(x, x_hat, sae, dead, 10), sae)
    for by_latent in (W_enc.norm(dim=1), b_enc.abs(), W_dec.norm(dim=1)):
        assert (by_latent[dead] > 0).all()
        assert (by_latent[~dead] == 0).all()
    assert not b_dec.any()  # its error is taken as constant


def test_aux_k_without_dead_latents_is_nothing() -> None:
    """Where all latents live, or fewer are dead than k_aux, nothing breaks."""
    sae, x = random_sae(), some_inputs(5)
    x_hat = torch.randn(5, D_IN)
    none = torch.zeros(D_SAE, dtype=torch.bool)
    assert aux_k_loss(x, x_hat, sae, none, 8).item() == 0.0
    none[3] = True
    assert torch.isfinite(aux_k_loss(x, x_hat, sae, none, 8))


def test_a_latent_is_dead_after_its_tokens_and_alive_once_it_fires() -> None:
    """DeadLatents counts tokens, not steps, and a top-k place with value 0 does not count as firing."""
    latents = DeadLatents(4, dead_after_tokens=20)
    batch = Codes(torch.tensor([[0, 1]] * 10), torch.tensor([[1.0, 0.0]] * 10))
    for _ in range(3):
        latents.update(batch)
    assert latents.mask.tolist() == [False, True, True, True]
    latents.update(Codes(torch.tensor([[2, 0]]), torch.tensor([[0.5, 1.0]])))
    assert latents.mask.tolist() == [False, True, False, True]


def test_dense_codes_count_as_sparse_ones_do() -> None:
    """DeadLatents and mean_l0 read the same from [batch, d_sae] as from indices and values."""
    codes = top_k(torch.randn(6, D_SAE, generator=torch.Generator().manual_seed(1)) - 1.5, K)
    sparse, dense = DeadLatents(D_SAE, 0), DeadLatents(D_SAE, 0)
    sparse.update(codes)
    dense.update(scattered(codes))
    assert torch.equal(sparse.tokens_since_on, dense.tokens_since_on)
    assert mean_l0(codes) == mean_l0(scattered(codes)) < K


def test_unit_norm_brings_rows_to_length_one() -> None:
    """In place, whatever length they had."""
    rows = 3 * torch.randn(D_SAE, D_IN)
    unit_norm_(rows)
    assert torch.allclose(rows.norm(dim=1), torch.ones(D_SAE), atol=1e-6)
