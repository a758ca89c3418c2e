"""The fast TopK parts against plain dense arithmetic, and the files against SAELens' own loader."""

import json

import numpy as np
import pytest
import torch

from harness.sae import (
    Codes,
    DeadLatents,
    SAEWeights,
    aux_k_loss,
    decode,
    remove_radial_gradient_,
    save_run,
    save_sae,
    top_k,
    unexplained,
    unit_norm_,
    write_json,
)

D_IN, D_SAE, K = 12, 40, 5
CONFIG = {"k": K, "d_sae": D_SAE, "model": "labloop-gemma2-tiny", "layer": 2, "context": 128}


def random_weights(seed: int = 0) -> SAEWeights:
    torch.manual_seed(seed)
    directions = torch.randn(D_SAE, D_IN)
    unit_norm_(directions)
    noisy = directions.T + 0.1 * torch.randn(D_IN, D_SAE)
    return SAEWeights(noisy, 0.1 * torch.randn(D_SAE), directions, torch.randn(D_IN))


def dense_codes(pre: torch.Tensor, k: int) -> torch.Tensor:
    """TopK then ReLU by sorting, one row at a time, without any of the code under test."""
    dense = torch.zeros_like(pre)
    for row in range(len(pre)):
        for column in np.argsort(-pre[row].detach().numpy())[:k]:
            dense[row, column] = pre[row, column].clamp_min(0)
    return dense


def test_sparse_codes_and_decoding_equal_the_dense_equations():
    """top_k and decode give z = ReLU(TopK(pre)) and z·W_dec of the textbook, value for value."""
    weights = random_weights()
    pre = torch.randn(30, D_SAE)
    codes = top_k(pre, K)
    dense = dense_codes(pre, K)
    scattered = torch.zeros_like(pre).scatter_(1, codes.indices, codes.values)
    assert torch.equal(scattered, dense)
    assert torch.allclose(decode(codes, weights.W_dec), dense @ weights.W_dec, atol=1e-6)


def test_gradients_equal_those_of_the_dense_equations():
    """Through the sparse path encoder and decoder get the gradients that plain dense autograd computes."""

    def gradients(sparse: bool) -> list[torch.Tensor]:
        leaves = [tensor.clone().requires_grad_() for tensor in random_weights()]
        W_enc, b_enc, W_dec, b_dec = leaves
        x = torch.randn(20, D_IN, generator=torch.Generator().manual_seed(3))
        pre = (x - b_dec) @ W_enc + b_enc
        if sparse:
            x_hat = decode(top_k(pre, K), W_dec) + b_dec
        else:
            kept = dense_codes(pre, K) != 0
            x_hat = (pre.relu() * kept) @ W_dec + b_dec
        unexplained(x, x_hat).backward()
        return [leaf.grad for leaf in leaves]

    for fast, plain in zip(gradients(True), gradients(False), strict=True):
        assert torch.allclose(fast, plain, atol=1e-6)


def test_aux_k_equals_its_formula_on_dead_latents_only():
    """AuxK is ‖e − ê‖²/‖e‖², where ê decodes the strongest k_aux dead latents and no living one."""
    weights = random_weights()
    pre, error = torch.randn(15, D_SAE), torch.randn(15, D_IN)
    dead = torch.zeros(D_SAE, dtype=torch.bool)
    dead[::3] = True
    expected_codes = dense_codes(torch.where(dead, pre, torch.full_like(pre, -9.0)), 4)
    assert not expected_codes[:, ~dead].any()
    expected = (error - expected_codes @ weights.W_dec).pow(2).sum() / error.pow(2).sum()
    assert aux_k_loss(pre, error, dead, weights.W_dec, 4).item() == pytest.approx(expected.item(), rel=1e-5)


def test_aux_k_gradient_reaches_the_encoder_of_dead_latents():
    """A dead latent can come back: AuxK has a gradient for its encoder column, and none for living ones."""
    weights = random_weights()
    W_enc = weights.W_enc.clone().requires_grad_()
    x = torch.randn(50, D_IN)
    dead = torch.zeros(D_SAE, dtype=torch.bool)
    dead[:10] = True
    aux_k_loss(x @ W_enc, x, dead, weights.W_dec, 10).backward()
    by_latent = W_enc.grad.norm(dim=0)
    assert (by_latent[dead] > 0).all()
    assert (by_latent[~dead] == 0).all()


def test_aux_k_without_dead_latents_is_nothing():
    """Where all latents live, or fewer are dead than k_aux, nothing breaks."""
    weights = random_weights()
    pre, error = torch.randn(5, D_SAE), torch.randn(5, D_IN)
    none = torch.zeros(D_SAE, dtype=torch.bool)
    assert aux_k_loss(pre, error, none, weights.W_dec, 8).item() == 0.0
    none[3] = True
    assert torch.isfinite(aux_k_loss(pre, error, none, weights.W_dec, 8))


def test_a_latent_is_dead_after_its_tokens_and_alive_once_it_fires():
    """DeadLatents counts tokens, not steps, and a top-k place with value 0 does not count as firing."""
    latents = DeadLatents(4, dead_after_tokens=20)
    batch = Codes(torch.tensor([[0, 1]] * 10), torch.tensor([[1.0, 0.0]] * 10))
    for _ in range(3):
        latents.update(batch)
    assert latents.mask.tolist() == [False, True, True, True]
    latents.update(Codes(torch.tensor([[2, 0]]), torch.tensor([[0.5, 1.0]])))
    assert latents.mask.tolist() == [False, True, False, True]


def test_the_projected_gradient_keeps_decoder_rows_on_the_sphere():
    """No part of the gradient is left along a decoder row, and rows come back to length 1."""
    W_dec = torch.nn.Parameter(random_weights().W_dec)
    W_dec.grad = torch.randn_like(W_dec)
    remove_radial_gradient_(W_dec)
    assert torch.allclose((W_dec.grad * W_dec).sum(1), torch.zeros(D_SAE), atol=1e-6)
    with torch.no_grad():
        W_dec *= 3
    unit_norm_(W_dec.data)
    assert torch.allclose(W_dec.norm(dim=1), torch.ones(D_SAE), atol=1e-6)


def test_unscaled_weights_do_on_x_what_the_trained_ones_do_on_scaled_x():
    """Folding the input's scale into the biases changes no reconstruction and no choice of latents."""
    weights, scale = random_weights(), 0.37
    x = torch.randn(25, D_IN)

    def run(w: SAEWeights, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        codes = top_k((x - w.b_dec) @ w.W_enc + w.b_enc, K)
        return codes.indices, decode(codes, w.W_dec) + w.b_dec

    chosen, x_hat = run(weights, x * scale)
    folded_chosen, folded = run(weights.unscaled(scale), x)
    assert torch.equal(chosen.sort().values, folded_chosen.sort().values)
    assert torch.allclose(x_hat / scale, folded, atol=1e-5)


@pytest.mark.slow
def test_saelens_loads_the_file_and_computes_the_same(tmp_path):
    """SAELens' own loader gives a TopK SAE with our k and metadata, whose encode and decode equal ours."""
    import beartype  # noqa: F401  (before nnsight, which other tests import)
    from sae_lens import SAE

    weights = random_weights()
    save_sae(tmp_path / "sae", weights, CONFIG)
    loaded = SAE.load_from_disk(str(tmp_path / "sae"))
    x = torch.randn(40, D_IN) * 3
    dense = dense_codes((x - weights.b_dec) @ weights.W_enc + weights.b_enc, K)
    codes = loaded.encode(x)
    assert loaded.cfg.k == K
    assert loaded.cfg.metadata.hook_name == "blocks.2.hook_resid_post"
    assert torch.allclose(codes, dense, atol=1e-5)
    assert torch.allclose(loaded.decode(codes), dense @ weights.W_dec + weights.b_dec, atol=1e-5)


def test_save_run_leaves_the_contracts_file(tmp_path):
    """final_info.json has format, config, training with first and last loss and the curve, and metrics still empty."""
    curve = {"step": [0, 10], "loss": [1.0, 0.5]}
    save_run(tmp_path, random_weights(), CONFIG, {"steps": 11, "tokens": 110, "seconds": 0.1}, curve)
    info = json.loads((tmp_path / "final_info.json").read_text())
    assert info["format"] == 1
    assert info["metrics"] == {}
    assert info["config"] == CONFIG
    assert info["training"]["loss_first"] == 1.0
    assert info["training"]["loss_last"] == 0.5
    assert info["training"]["curve"] == curve
    assert {path.name for path in (tmp_path / "sae").iterdir()} == {"cfg.json", "sae_weights.safetensors"}


def test_a_loss_that_is_not_a_number_is_an_error_that_says_where(tmp_path):
    """A diverged run writes no final_info.json, and the message names the quantity and the step."""
    curve = {"step": [0, 10, 20], "loss": [1.0, float("nan"), float("nan")]}
    with pytest.raises(ValueError, match="loss is nan at step 10"):
        save_run(tmp_path, random_weights(), CONFIG, {"steps": 21}, curve)
    assert not (tmp_path / "final_info.json").exists()


def test_json_is_strict_and_whole(tmp_path):
    """NaN is refused, and a failed write leaves the file that was there."""
    path = tmp_path / "out.json"
    write_json(path, {"a": 1})
    with pytest.raises(ValueError):
        write_json(path, {"a": float("inf")})
    assert json.loads(path.read_text()) == {"a": 1}
