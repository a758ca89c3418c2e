"""The files a run leaves: final_info.json, and an SAE that SAELens' own loader reads."""

import json
from types import SimpleNamespace

import pytest
import torch

from harness.errors import SettingsError
from harness.sae import Codes, decode, top_k, unit_norm_
from harness.saved import SavedSAE, save_run, save_sae, write_json

D_IN, D_SAE, K = 12, 40, 5
CONFIG = {"k": K, "d_sae": D_SAE, "model": "labloop-gemma2-tiny", "layer": 2, "context": 128}


def random_sae(seed: int = 0) -> SimpleNamespace:
    torch.manual_seed(seed)
    directions = torch.randn(D_SAE, D_IN)
    unit_norm_(directions)
    return SimpleNamespace(
        W_enc=directions + 0.1 * torch.randn(D_SAE, D_IN),
        b_enc=0.1 * torch.randn(D_SAE),
        W_dec=directions,
        b_dec=torch.randn(D_IN),
    )


def encode(x: torch.Tensor, sae) -> Codes:
    return top_k((x - sae.b_dec) @ sae.W_enc.T + sae.b_enc, K)


def test_unscaled_tensors_do_on_x_what_the_trained_ones_do_on_scaled_x():
    """Folding the input's scale into the biases changes no reconstruction and no choice of latents."""
    sae, scale = random_sae(), 0.37
    x = torch.randn(25, D_IN)
    codes = encode(x * scale, sae)
    tensors = SavedSAE.topk(sae, K).unscaled(scale).tensors
    folded = SimpleNamespace(**{**tensors, "W_enc": tensors["W_enc"].T})
    folded_codes = encode(x, folded)
    assert torch.equal(codes.indices.sort().values, folded_codes.indices.sort().values)
    x_hat = decode(codes, sae.W_dec) + sae.b_dec
    assert torch.allclose(x_hat / scale, decode(folded_codes, folded.W_dec) + folded.b_dec, atol=1e-5)


@pytest.mark.slow
def test_saelens_loads_the_file_and_computes_the_same(tmp_path):
    """SAELens' own loader gives a TopK SAE with our k and metadata, whose encode and decode equal ours."""
    import beartype  # noqa: F401  (before nnsight, which other tests import)
    from sae_lens import SAE

    sae = random_sae()
    save_sae(tmp_path / "sae", SavedSAE.topk(sae, K), CONFIG)
    loaded = SAE.load_from_disk(str(tmp_path / "sae"))
    x = torch.randn(40, D_IN) * 3
    codes = encode(x, sae)
    dense = torch.zeros(40, D_SAE).scatter_(1, codes.indices, codes.values)
    encoded = loaded.encode(x)
    assert loaded.cfg.k == K
    assert loaded.cfg.metadata.hook_name == "blocks.2.hook_resid_post"
    assert torch.allclose(encoded, dense, atol=1e-5)
    assert torch.allclose(loaded.decode(encoded), dense @ sae.W_dec + sae.b_dec, atol=1e-5)


def test_save_run_leaves_the_contracts_file(tmp_path):
    """final_info.json has format, config, training with first and last loss and the curve, and metrics still empty."""
    curve = {"step": [0, 10], "loss": [1.0, 0.5]}
    training = {"steps": 11, "tokens": 110, "seconds": 0.1}
    save_run(tmp_path, SavedSAE.topk(random_sae(), K), CONFIG, training, curve)
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
    with pytest.raises(SettingsError, match="loss is nan at step 10"):
        save_run(tmp_path, SavedSAE.topk(random_sae(), K), CONFIG, {"steps": 21}, curve)
    assert not (tmp_path / "final_info.json").exists()


def test_json_is_strict_and_whole(tmp_path):
    """NaN is refused, and a failed write leaves the file that was there."""
    path = tmp_path / "out.json"
    write_json(path, {"a": 1})
    with pytest.raises(ValueError):
        write_json(path, {"a": float("inf")})
    assert json.loads(path.read_text()) == {"a": 1}
